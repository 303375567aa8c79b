import { fireEvent, screen, waitFor, within } from '@testing-library/svelte';
import { beforeEach, describe, expect, it } from 'vitest';
import { renderApp } from '../../support/render-app.ts';

beforeEach(() => {
  document.body.replaceChildren();
});

describe('the page of a job', () => {
  it('tells what is odd about it', async () => {
    await renderApp('#/jobs/coins-30s');
    const odd = await screen.findByRole('list', { name: 'Worth a look' });
    expect(odd.textContent).toContain('12 records, far fewer than usual (about 300)');
  });

  it('sums up its last day, and its last month when asked', async () => {
    const bridge = await renderApp('#/jobs/coins-30s');
    const chart = await screen.findByRole('img', { name: /^Runs of each of the last 24 hours/ });
    expect(chart.querySelectorAll('g')).toHaveLength(24);
    const hours = Date.parse(bridge.inputsOf('stats').at(-1)?.from ?? '');
    expect(Date.now() - hours).toBeLessThanOrEqual(24 * 3_600_000);

    await fireEvent.click(screen.getByRole('radio', { name: '30 days' }));
    const month = await screen.findByRole('img', { name: /^Runs of each of the last 30 days/ });
    expect(month.querySelectorAll('g')).toHaveLength(30);
    const ran = bridge.engine.state.runs.filter(
      ({ jobId, outcome }) => jobId === 'coins-30s' && outcome !== 'skipped',
    );
    expect(month.getAttribute('aria-label')).toContain(`${ran.length} runs`);
  });

  it('names the jobs that it runs after, and those that run after it', async () => {
    const bridge = await renderApp('#/jobs');
    const full = bridge.engine.state.jobs.get('orders-full')!;
    bridge.engine.state.jobs.set('orders-full', { ...full, after: ['orders-sync'] });
    await bridge.call('jobs.pause', { id: 'rates-daily' });
    window.location.hash = '#/jobs/orders-full';
    const before = await screen.findByRole('link', { name: /^Orders, every 5 minutes/ });
    await fireEvent.click(before);
    window.location.hash = before.getAttribute('href') ?? '';
    await waitFor(() => expect(screen.getByText('Then run')).toBeTruthy(), { timeout: 3000 });
    expect(screen.getByRole('link', { name: 'Orders, whole read' })).toBeTruthy();
  });
});

it('home names the jobs that are worth a look', async () => {
  await renderApp('#/');
  const heading = await screen.findByRole('heading', { name: 'Worth a look' });
  const section = within(heading.closest('section')!);
  expect(section.getByRole('link', { name: 'Coins every 30 s' })).toBeTruthy();
  expect(section.getByText('Failed 3 times in a row.')).toBeTruthy();
});

it('the editor lets a job run after others, found by their names', async () => {
  const bridge = await renderApp('#/jobs/orders-full/edit');
  await fireEvent.click(screen.getByText('Window, silence and conditions'));
  await fireEvent.click(await screen.findByRole('checkbox', { name: 'Weather every hour' }));
  await fireEvent.click(screen.getByText('When a run fails'));
  await fireEvent.click(await screen.findByRole('checkbox', { name: 'Limit' }));
  await fireEvent.click(screen.getByRole('button', { name: 'Save' }));
  await waitFor(() => expect(bridge.inputsOf('jobs.update')).toHaveLength(1));
  expect(bridge.inputsOf('jobs.update')[0]).toMatchObject({
    after: ['weather-hourly'],
    retry: { notOn: ['config', 'system', 'limit'] },
  });
});
