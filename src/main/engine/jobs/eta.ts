/** How a run stands: ms since it began, pages done and in all, and what a run of its job usually takes. */
export interface Pace {
  readonly elapsedMs: number;
  readonly done: number;
  readonly total: number | null;
  readonly usualMs: number | null;
}

/** What is left, ms: by its own pace where the API says how many pages there are, else by past runs; null = unknown. */
export function etaMs({ elapsedMs, done, total, usualMs }: Pace): number | null {
  if (total !== null && done > 0) return Math.round((elapsedMs / done) * Math.max(total - done, 0));
  // A run that takes longer than usual may take any time.
  if (usualMs === null || elapsedMs >= usualMs) return null;
  return Math.round(usualMs - elapsedMs);
}
