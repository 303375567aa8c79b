import type { ContractApi } from '../../shared/contract.ts';
import type { Clock } from '../engine/clock.ts';
import type { Terminal } from './terminal.ts';

export const EXIT = { ok: 0, error: 1, usage: 2 } as const;

/** What every command that talks to an engine gets. */
export interface Context {
  readonly api: ContractApi;
  readonly terminal: Terminal;
  readonly clock: Clock;
  readonly json: boolean;
  /** Sets the exit code, 0 if never called. */
  readonly exit: (code: number) => void;
}
