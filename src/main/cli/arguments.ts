import { InvalidArgumentError } from 'commander';
import type { Translate } from '../../shared/i18n/index.ts';
import type { Clock } from '../engine/clock.ts';
import { typedInstant } from './typed-time.ts';

/** What may stand behind an option; everything else is refused with a sentence in the person's language. */
export interface Arguments {
  readonly positive: (text: string) => number;
  readonly port: (text: string) => number;
  /** In ISO 8601; what is typed may also be how long from now. */
  readonly instant: (text: string) => string;
  readonly jsonObject: (text: string) => Record<string, never>;
}

const HIGHEST_PORT = 65_535;

/** Whether a text names a port; 0 stands for any that is free. */
export function isPort(text: string): boolean {
  return /^\d{1,5}$/.test(text) && Number(text) <= HIGHEST_PORT;
}

export function createArguments(t: Translate, clock: Clock): Arguments {
  return {
    positive(text) {
      if (!/^\d{1,9}$/.test(text)) throw new InvalidArgumentError(t('cli.wholeNumberNeeded'));
      if (Number(text) === 0) throw new InvalidArgumentError(t('cli.atLeastOne'));
      return Number(text);
    },
    port(text) {
      if (!isPort(text)) throw new InvalidArgumentError(t('cli.portNeeded'));
      return Number(text);
    },
    instant(text) {
      const instant = typedInstant(text, clock.now());
      if (instant !== null) return instant;
      throw new InvalidArgumentError(t('cli.instantNeeded'));
    },
    jsonObject(text) {
      try {
        const value: unknown = JSON.parse(text);
        if (typeof value === 'object' && value !== null && !Array.isArray(value))
          return value as Record<string, never>;
      } catch {
        // Said below, together with JSON of another kind.
      }
      throw new InvalidArgumentError(t('cli.jsonObjectNeeded'));
    },
  };
}
