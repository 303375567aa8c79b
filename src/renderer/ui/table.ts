import type { Snippet } from 'svelte';

export interface Column<T> {
  readonly id: string;
  readonly title: string;
  /** A track of the grid: `120px`, `minmax(160px, 2fr)`. */
  readonly width: string;
  /** The table's width, in px, below which this column gives way. */
  readonly hideBelow?: number;
  /** Numbers stand at the right. */
  readonly isNumber?: boolean;
  /** For columns whose cells speak for themselves, such as actions. */
  readonly isTitleHidden?: boolean;
  /** For columns that are made from the data: what their common cell shows. */
  readonly field?: string;
  readonly cell: Snippet<[T, Column<T>]>;
}
