import { describe, expect, it } from 'vitest';
import { links } from '../../../src/renderer/state/links.ts';
import { parseHash, routeOf, toHash, type Route } from '../../../src/renderer/state/route.ts';

describe('routeOf', () => {
  it.each<[string, Route]>([
    ['/', { name: 'home' }],
    ['/jobs', { name: 'jobs' }],
    ['/jobs/new', { name: 'job-editor', id: null }],
    ['/jobs/coins', { name: 'job', id: 'coins' }],
    ['/jobs/coins/edit', { name: 'job-editor', id: 'coins' }],
    ['/integrations/new', { name: 'integration', id: null }],
    ['/runs/01K', { name: 'run', id: '01K' }],
    ['/records/coins/4%2F2', { name: 'record', integrationId: 'coins', key: '4/2' }],
    ['/records/coins/100%', { name: 'record', integrationId: 'coins', key: '100%' }],
    ['/nowhere', { name: 'not-found' }],
    ['/jobs/coins/burn', { name: 'not-found' }],
    ['/runs/1/2', { name: 'not-found' }],
  ])('%s', (path, route) => {
    expect(routeOf(path)).toEqual(route);
  });

  it('finds back every record key that a link was made for', () => {
    for (const key of ['a/b', 'ü?&#%', 'x|y', '..', ' ']) {
      const { path } = parseHash(links.record('coins', key));
      expect(routeOf(path)).toEqual({ name: 'record', integrationId: 'coins', key });
    }
  });
});

describe('addresses', () => {
  it('leave empty values out of the query', () => {
    expect(toHash('/runs', { status: 'failed', job: '', q: null })).toBe('#/runs?status=failed');
  });

  it('come back from the hash as they went in', () => {
    const hash = toHash('/runs', { q: 'a&b=c d' });
    expect(parseHash(hash)).toEqual({ path: '/runs', query: { q: 'a&b=c d' } });
  });

  it('begin at Home when there is none', () => {
    expect(parseHash('')).toEqual({ path: '/', query: {} });
  });
});
