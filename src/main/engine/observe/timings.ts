import { Histogram, type Registry } from 'prom-client';

/**
 * A histogram of durations in seconds, with one label or none, as prom-client tells it. The counting is our own: for
 * each value prom-client makes an object of the labels and a text to look it up by, and a page of a run has nine values.
 */
export class Timings extends Histogram {
  readonly #about: { readonly name: string; readonly help: string };
  readonly #bounds: readonly number[];
  readonly #label: string | null;
  readonly #series = new Map<string, Series>();

  constructor(
    registry: Registry,
    given: {
      readonly name: string;
      readonly help: string;
      /** Upper bounds, the smallest first. */
      readonly bounds: readonly number[];
      readonly label: string | null;
    },
  ) {
    const { name, help, bounds, label } = given;
    super({ name, help, buckets: [...bounds], registers: [registry] });
    this.#about = { name, help };
    this.#bounds = bounds;
    this.#label = label;
    // Without a label there is one series, told from the start.
    if (label === null) this.#of('');
  }

  /** `of`: the label's value. */
  add(seconds: number, of = ''): void {
    const series = this.#of(of);
    const found = this.#bounds.findIndex((most) => seconds <= most);
    const bucket = found < 0 ? this.#bounds.length : found;
    series.counts[bucket] = (series.counts[bucket] ?? 0) + 1;
    series.count += 1;
    series.sum += seconds;
  }

  /** Nothing is said of that value any more. */
  forget(of: string): void {
    this.#series.delete(of);
  }

  /** What registries ask a histogram for (prom-client 15); its types do not name it. */
  getForPromString() {
    const values = [...this.#series].flatMap(([of, series]) => this.#told(of, series));
    return Promise.resolve({ ...this.#about, type: 'histogram', aggregator: 'sum', values });
  }

  #of(of: string): Series {
    let series = this.#series.get(of);
    if (!series) {
      series = { counts: new Float64Array(this.#bounds.length + 1), count: 0, sum: 0 };
      this.#series.set(of, series);
    }
    return series;
  }

  #told(of: string, { counts, count, sum }: Series) {
    const { name } = this.#about;
    const sharedLabels = this.#label === null ? {} : { [this.#label]: of };
    let upTo = 0;
    const buckets = this.#bounds.map((le, at) => ({
      metricName: `${name}_bucket`,
      labels: { le },
      sharedLabels,
      value: (upTo += counts[at] ?? 0),
    }));
    return [
      ...buckets,
      { metricName: `${name}_bucket`, labels: { le: '+Inf' }, sharedLabels, value: count },
      { metricName: `${name}_sum`, labels: {}, sharedLabels, value: sum },
      { metricName: `${name}_count`, labels: {}, sharedLabels, value: count },
    ];
  }
}

interface Series {
  /** Values up to each bound and beyond the one before; behind them those beyond the last. */
  readonly counts: Float64Array;
  count: number;
  sum: number;
}
