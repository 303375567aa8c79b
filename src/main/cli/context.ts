import type { ContractApi } from '../../shared/contract.ts';
import type { Locale, Translate } from '../../shared/i18n/index.ts';
import type { Clock } from '../engine/clock.ts';
import type { Endpoint } from './rest-client.ts';
import type { Terminal } from './terminal.ts';

export const EXIT = { ok: 0, error: 1, usage: 2, homeInUse: 3 } as const;

interface CommonContext {
  readonly terminal: Terminal;
  readonly clock: Clock;
  readonly json: boolean;
  readonly t: Translate;
  readonly locale: Locale;
  /** Sets the exit code, 0 if never called. */
  readonly exit: (code: number) => void;
}

/** What every command that talks to an engine gets. */
export interface Context extends CommonContext {
  readonly api: ContractApi;
  readonly endpoint: Endpoint;
}

/** What commands get that look after a home, whether an engine runs or not. */
export interface HomeContext extends CommonContext {
  readonly home: string;
  /** The built thread of the store. */
  readonly threadFile: URL;
  readonly engine: () => Promise<
    { readonly api: ContractApi } | { readonly api: null; readonly why: string }
  >;
  /** Asks a person and answers what was typed, without spaces around. */
  readonly ask: (question: string) => Promise<string>;
  /** Starts an engine with these arguments and answers its exit code. */
  readonly serve: (args: readonly string[]) => Promise<number>;
}
