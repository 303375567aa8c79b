import type { Component } from 'svelte';

export interface MenuEntry {
  readonly label: string;
  readonly act: () => void;
  readonly icon?: Component<{ size?: number; 'aria-hidden'?: 'true' }>;
  readonly isDanger?: boolean;
  readonly isDisabled?: boolean;
  /** A line stands above it. */
  readonly isSeparated?: boolean;
}
