import type { Scope } from './template.ts';

export type Rendering<T> = (scope: Scope) => T;
/** A part of a request, compiled: rendered once when it is constant, for each page otherwise. */
export interface Part<T> {
  readonly isConstant: boolean;
  readonly render: Rendering<T>;
}
