import { describe, expect, it } from 'vitest';
import {
  newIntegrationModel,
  withKeyField,
} from '../../../src/renderer/integrations/integration-model.ts';
import { useOf } from '../../../src/renderer/integrations/value-use.ts';
import type { Pagination } from '../../../src/shared/integration.ts';

function formWith(path: string, pagination: Pagination = { kind: 'none' }) {
  const { integration } = newIntegrationModel();
  return { path, integration: { ...integration, pagination } };
}

const byNumber: Pagination = {
  kind: 'page-number',
  parameter: 'page',
  startAt: 1,
  sizeParameter: null,
  size: null,
  totalPagesPath: null,
};
const byCursor: Pagination = {
  kind: 'cursor-body',
  path: '$.next',
  parameter: 'cursor',
  sizeParameter: null,
  size: null,
};

describe('a value of an answer', () => {
  it.each([
    ['$.data.items[3].id', '$.data.items[*]', 'id'],
    ['$.data.items[3].stock.code', '$.data.items[*]', 'stock.code'],
    ['$[0].id', '$', 'id'],
    ['$.items[12].id', '$.items', 'id'],
  ])('%s can be part of the key of the records at %s', (path, records, field) => {
    expect(useOf(path, formWith(records, byNumber))).toEqual({ kind: 'key', field });
  });

  it('outside the records tells of the pages, as they are read', () => {
    expect(useOf('$.meta.pages', formWith('$.items[*]', byNumber))).toEqual({
      kind: 'paging',
      pagination: { ...byNumber, totalPagesPath: '$.meta.pages' },
    });
    expect(useOf('$.meta.after', formWith('$.items[*]', byCursor))).toEqual({
      kind: 'paging',
      pagination: { ...byCursor, path: '$.meta.after' },
    });
  });

  it('that is good for nothing else gives its path', () => {
    expect(useOf('$.meta.pages', formWith('$.items[*]'))).toEqual({ kind: 'copy' });
    // A name with a dot in it cannot be written as a key field.
    expect(useOf("$.items[0]['a.b']", formWith('$.items[*]'))).toEqual({ kind: 'copy' });
    expect(useOf('$.items[0].tags[1]', formWith('$.items[*]'))).toEqual({ kind: 'copy' });
  });
});

describe('a click on a key field', () => {
  it('adds it to the others, and takes it away again', () => {
    expect(withKeyField('', 'id')).toBe('id');
    expect(withKeyField('id', 'code')).toBe('id, code');
    expect(withKeyField('id, code', 'id')).toBe('code');
  });
});
