import type { RecordVersion } from '../../shared/record.ts';
import type { JsonValue } from '../../shared/values.ts';

export interface FieldDiff {
  readonly field: string;
  /** undefined: the field was not there. */
  readonly before: JsonValue | undefined;
  readonly after: JsonValue | undefined;
}

/** What a version changed, field by field; the fields are those the engine noted. */
export function fieldDiffs(version: RecordVersion, before: RecordVersion | undefined): FieldDiff[] {
  if (before === undefined) return [];
  return version.changedFields.map((field) => ({
    field,
    before: valueAt(before.data, field),
    after: valueAt(version.data, field),
  }));
}

/** The value at a dotted path; a field whose own name has dots is found first. */
export function valueAt(data: JsonValue, path: string): JsonValue | undefined {
  if (typeof data !== 'object' || data === null) return path === '' ? data : undefined;
  const fields = data as { readonly [key: string]: JsonValue };
  if (Object.hasOwn(fields, path)) return fields[path];
  const dot = path.indexOf('.');
  if (dot < 0) return undefined;
  const inner = fields[path.slice(0, dot)];
  return inner === undefined ? undefined : valueAt(inner, path.slice(dot + 1));
}
