import type { LiveRun } from './live-run.ts';

/**
 * What running work takes up: a slot of the program while its attempt reads, and a place in its named group until the
 * end of the attempt is on disk. A run that waits for its API gives its slot to another, but keeps its place in the
 * group, so that no more than the group's limit are ever under way.
 *
 * Whether a run has them is noted on the run itself: giving back twice is harmless.
 */
export class Slots {
  #taken = 0;
  readonly #perGroup = new Map<string, number>();

  get taken(): number {
    return this.#taken;
  }

  /** Runs of the named group under way. */
  inGroup(group: string): number {
    return this.#perGroup.get(group) ?? 0;
  }

  take(run: LiveRun): void {
    if (run.hasSlot) return;
    run.hasSlot = true;
    this.#taken += 1;
  }

  free(run: LiveRun): void {
    if (!run.hasSlot) return;
    run.hasSlot = false;
    this.#taken -= 1;
  }

  enterGroup(run: LiveRun): void {
    const { group } = run.plan.job;
    if (group === null || run.groupPlace !== null) return;
    run.groupPlace = group;
    this.#perGroup.set(group, this.inGroup(group) + 1);
  }

  leaveGroup(run: LiveRun): void {
    const group = run.groupPlace;
    if (group === null) return;
    run.groupPlace = null;
    const left = this.inGroup(group) - 1;
    if (left > 0) this.#perGroup.set(group, left);
    else this.#perGroup.delete(group);
  }
}
