// Figures of a list of numbers, and what machine they were taken on.
import { execFileSync } from 'node:child_process';
import { cpus, totalmem } from 'node:os';

/** @param {readonly number[]} values @returns percentiles by the nearest rank, rounded to µs */
export function percentiles(values) {
  const sorted = [...values].sort((a, b) => a - b);
  const at = (share) =>
    round(sorted[Math.min(sorted.length - 1, Math.ceil(share * sorted.length) - 1)] ?? NaN);
  return { count: sorted.length, p50: at(0.5), p95: at(0.95), p99: at(0.99), max: at(1) };
}

/** @param {readonly number[]} values */
export function median(values) {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}

export function round(value) {
  return Math.round(value * 1000) / 1000;
}

/** @param {string} folder of the store, whose file system decides what an fsync costs */
export function machine(folder) {
  const [, type] = execFileSync('df', ['--output=fstype', folder], { encoding: 'utf8' })
    .trim()
    .split('\n');
  return {
    cores: cpus().length,
    cpu: cpus()[0]?.model ?? 'unknown',
    memoryGiB: round(totalmem() / 2 ** 30),
    node: process.version,
    fileSystem: type?.trim(),
  };
}
