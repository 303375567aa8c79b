import { Counter, type Registry } from 'prom-client';

/**
 * A counter with one label or two. It counts in maps and hands the sums to prom-client when somebody asks: that looks
 * labels up by their names for every single event, which was a tenth of all that a run allocated.
 */
export class Tally {
  readonly #counter: Counter;
  readonly #labels: readonly [string, string?];
  /** Since somebody asked: by the first label, then by the second. */
  readonly #counts = new Map<string, Map<string, number>>();

  constructor(
    registry: Registry,
    given: {
      readonly name: string;
      readonly help: string;
      readonly labels: readonly [string, string?];
    },
  ) {
    this.#labels = given.labels;
    this.#counter = new Counter({
      name: given.name,
      help: given.help,
      labelNames: given.labels.filter((label) => label !== undefined),
      registers: [registry],
      collect: () => this.#handOver(),
    });
  }

  add(first: string, second = '', count = 1): void {
    let bySecond = this.#counts.get(first);
    if (!bySecond) {
      bySecond = new Map<string, number>();
      this.#counts.set(first, bySecond);
    }
    bySecond.set(second, (bySecond.get(second) ?? 0) + count);
  }

  /** Nothing is said of `first` any more. */
  async forget(first: string): Promise<void> {
    const { values } = await this.#counter.get();
    for (const { labels } of values)
      if (labels[this.#labels[0]] === first) this.#counter.remove(labels);
  }

  #handOver(): void {
    const [firstLabel, secondLabel] = this.#labels;
    for (const [first, bySecond] of this.#counts)
      for (const [second, count] of bySecond)
        this.#counter.inc(
          secondLabel === undefined
            ? { [firstLabel]: first }
            : { [firstLabel]: first, [secondLabel]: second },
          count,
        );
    this.#counts.clear();
  }
}
