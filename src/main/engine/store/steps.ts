import { STEPS, type Step, type StepMs } from '../../../shared/run.ts';
import { appendVarint, readVarint, type Cursor } from './varint.ts';

/**
 * The milliseconds of an attempt's steps in a few bytes: for each step in the order of `STEPS` a varint, 0 for a step
 * that did not happen, else 1 + its microseconds. Steps that come to be known later are added to the end of `STEPS`.
 */
export function packSteps(steps: StepMs): Uint8Array | null {
  return packed(STEPS.map((step) => storedAs(steps[step])));
}

export function unpackSteps(packedSteps: Uint8Array | null): StepMs {
  const steps: { -readonly [S in keyof StepMs]: StepMs[S] } = {};
  const values = unpacked(packedSteps);
  STEPS.forEach((step, at) => {
    const value = values[at] ?? 0;
    if (value > 0) steps[step] = (value - 1) / 1000;
  });
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

export function addToPacked(packedSteps: Uint8Array | null, more: StepMs): Uint8Array | null {
  if (packedSteps === null) return packSteps(more);
  const values = unpacked(packedSteps);
  for (let at = 0; at < STEPS.length; at++) {
    const value = storedAs(more[STEPS[at] as Step]);
    if (value > 0) values[at] = Math.max(values[at] ?? 0, 1) + value - 1;
  }
  return packed(values);
}

/** 0 = it did not happen. */
function storedAs(ms: number | undefined): number {
  return ms === undefined ? 0 : 1 + Math.max(0, Math.round(ms * 1000));
}

function packed(values: readonly (number | undefined)[]): Uint8Array | null {
  const bytes: number[] = [];
  let used = 0;
  for (const value of values) {
    appendVarint(bytes, value ?? 0);
    if (value) used = bytes.length;
  }
  if (used === 0) return null;
  const exact = new Uint8Array(used);
  for (let at = 0; at < used; at++) exact[at] = bytes[at] as number;
  return exact;
}

function unpacked(packedSteps: Uint8Array | null): number[] {
  const values: number[] = [];
  if (packedSteps === null) return values;
  const cursor: Cursor = { at: 0 };
  while (cursor.at < packedSteps.length) values.push(readVarint(packedSteps, cursor));
  return values;
}
