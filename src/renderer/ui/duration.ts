export const UNIT_MS = { ms: 1, s: 1000, min: 60_000, h: 3_600_000, d: 86_400_000 } as const;
export type DurationUnit = keyof typeof UNIT_MS;

/** The largest unit in which a duration is a whole number: 90,000 ms is 90 s. */
export function splitDuration(ms: number): { amount: number; unit: DurationUnit } {
  if (ms === 0) return { amount: 0, unit: 's' };
  const units = ['d', 'h', 'min', 's'] as const;
  const unit = units.find((one) => ms % UNIT_MS[one] === 0) ?? 'ms';
  return { amount: ms / UNIT_MS[unit], unit };
}
