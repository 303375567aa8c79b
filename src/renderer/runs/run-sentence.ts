import { assertNever } from '../../shared/assert-never.ts';
import type { Format, Translate } from '../../shared/i18n/index.ts';
import { SKIP_REASONS, WAIT_REASONS, type Run } from '../../shared/run.ts';

export interface Speech {
  readonly t: Translate;
  readonly format: Format;
  /** Epoch ms. */
  readonly now: number;
}

/** What became of a run, in one sentence. */
export function runSentence(run: Run, speech: Speech): string {
  return run.outcome === null ? stateSentence(run, speech) : outcomeSentence(run, speech);
}

function stateSentence(run: Run, { t, format, now }: Speech): string {
  switch (run.state) {
    case 'queued':
      return run.startsAt !== undefined && Date.parse(run.startsAt) > now
        ? t('runs.one.sentence.later', {
            time: format.exact(run.startsAt, now),
            distance: format.relative(run.startsAt, now),
          })
        : t('runs.one.sentence.queued');
    case 'waiting': {
      const reason = WAIT_REASONS.find((one) => one === run.reason) ?? 'origin';
      return t('runs.one.sentence.waiting', { reason: t(`words.waitReason.${reason}`) });
    }
    case 'running':
    case 'finished':
      return running(run, t, format);
    case 'retrying':
      return run.nextRetryAt === null
        ? t('runs.one.sentence.retryingSoon')
        : t('runs.one.sentence.retrying', { time: format.relative(run.nextRetryAt, now) });
    default:
      return assertNever(run.state);
  }
}

/** With what is left, once that is known. */
function running(run: Run, t: Translate, format: Format): string {
  const sentence = t('runs.one.sentence.running', { records: recordsIn(run, t) });
  const { etaMs } = run.progress;
  if (etaMs === null || etaMs < 1000) return sentence;
  return `${sentence} ${t('runs.one.sentence.left', { time: format.elapsed(etaMs) })}`;
}

function outcomeSentence(run: Run, speech: Speech): string {
  const { t, format } = speech;
  const duration = format.duration(run.durationMs ?? 0);
  switch (run.outcome) {
    case 'succeeded':
      return succeeded(run, t, duration);
    case 'partial':
      return t('runs.one.sentence.partial', { duration, records: recordsIn(run, t) });
    case 'failed':
    case 'timed-out':
    case 'cancelled':
      return t(`runs.one.sentence.${run.outcome}`, { duration });
    case 'skipped':
      return skipped(run, speech);
    case 'interrupted':
      return t('runs.one.sentence.interrupted');
    case null:
      return '';
    default:
      return assertNever(run.outcome);
  }
}

function succeeded({ counts }: Run, t: Translate, duration: string): string {
  if (counts.received === 0) {
    return counts.notModified > 0
      ? t('runs.one.sentence.succeededNothing', { duration })
      : t('runs.one.sentence.succeededCall', { duration });
  }
  const told = {
    duration,
    records: t('words.record', { count: counts.received }),
    fresh: counts.new,
    changed: counts.changed,
  };
  return counts.invalid > 0
    ? t('runs.one.sentence.succeededRefused', { ...told, refused: counts.invalid })
    : t('runs.one.sentence.succeeded', told);
}

function skipped(run: Run, { t, format, now }: Speech): string {
  const known = SKIP_REASONS.find((reason) => reason === run.reason);
  const reason = known ? t(`words.skipReason.${known}`) : (run.reason ?? '');
  if (run.scheduledFor !== null && run.scheduledUntil !== null) {
    const span = {
      count: run.occurrences,
      from: format.exact(run.scheduledFor, now),
      to: format.exact(run.scheduledUntil, now),
    };
    return known === 'missed'
      ? t('runs.one.sentence.missedSpan', span)
      : t('runs.one.sentence.skippedSpan', { ...span, reason });
  }
  return run.occurrences > 1
    ? t('runs.one.sentence.skippedMany', { count: run.occurrences, reason })
    : t('runs.one.sentence.skipped', { reason });
}

function recordsIn(run: Run, t: Translate): string {
  return t('words.record', { count: run.counts.received });
}
