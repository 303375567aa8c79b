import { STEPS, type StepMs } from '../../../shared/run.ts';
import { appendVarint, readVarint, type Cursor } from './varint.ts';

/**
 * The milliseconds of an attempt's steps in a few bytes: for each step in the order of `STEPS` a varint, 0 for a step
 * that did not happen, else 1 + its microseconds. Steps that come to be known later are added to the end of `STEPS`.
 */
export function packSteps(steps: StepMs): Uint8Array | null {
  const bytes: number[] = [];
  let used = 0;
  for (const step of STEPS) {
    const ms = steps[step];
    appendVarint(bytes, ms === undefined ? 0 : 1 + Math.max(0, Math.round(ms * 1000)));
    if (ms !== undefined) used = bytes.length;
  }
  if (used === 0) return null;
  const packed = new Uint8Array(used);
  for (let at = 0; at < used; at++) packed[at] = bytes[at] as number;
  return packed;
}

export function unpackSteps(packed: Uint8Array | null): StepMs {
  const steps: { -readonly [S in keyof StepMs]: StepMs[S] } = {};
  if (!packed) return steps;
  const cursor: Cursor = { at: 0 };
  for (const step of STEPS) {
    if (cursor.at >= packed.length) break;
    const value = readVarint(packed, cursor);
    if (value > 0) steps[step] = (value - 1) / 1000;
  }
  return steps;
}

export function addSteps(left: StepMs, right: StepMs): StepMs {
  const sum: { -readonly [S in keyof StepMs]: StepMs[S] } = { ...left };
  for (const step of STEPS) {
    const ms = right[step];
    if (ms !== undefined) sum[step] = (sum[step] ?? 0) + ms;
  }
  return sum;
}

export function addToPacked(packed: Uint8Array | null, more: StepMs): Uint8Array | null {
  return packSteps(packed === null ? more : addSteps(unpackSteps(packed), more));
}
