import { describe, expect, it } from 'vitest';
import { TrayPilot, type TrayPilotDeps } from '../../../src/main/desktop/tray-pilot.ts';
import type { TrayModel } from '../../../src/main/desktop/tray-menu.ts';
import type { Locale } from '../../../src/shared/i18n/index.ts';
import { createFakeEngine } from '../../support/fake/fake-engine.ts';
import { ManualClock } from '../../support/manual-clock.ts';

function setupPilot(overrides: Partial<TrayPilotDeps['handlers']> = {}) {
  const clock = new ManualClock(new Date(2026, 10, 20, 14, 0).getTime());
  const { handlers } = createFakeEngine(
    { now: () => clock.now(), jobsAndRuns: 'many', runs: 50 },
    () => undefined,
  );
  const shown: TrayModel[] = [];
  const opened: (string | null)[] = [];
  const errors: unknown[] = [];
  let quits = 0;
  let locale: Locale = 'en';
  const pilot = new TrayPilot({
    handlers: { ...handlers, ...overrides },
    locale: () => locale,
    show: (model) => shown.push(model),
    open: (path) => opened.push(path),
    quit: () => (quits += 1),
    onError: (error) => errors.push(error),
    clock,
  });
  return {
    pilot,
    clock,
    handlers,
    shown,
    opened,
    errors,
    quits: () => quits,
    speak: (language: Locale) => (locale = language),
  };
}

/** Lets promises that are ready go on. */
const settle = () => new Promise((resolve) => setImmediate(resolve));

describe('what is clicked in the tray', () => {
  it('pauses, shows until when, and resumes', async () => {
    const { pilot, shown, handlers } = setupPilot();
    pilot.act({ kind: 'pause', length: '1-hour' });
    await settle();
    expect(shown.at(-1)).toMatchObject({ shape: 'paused', tooltip: 'Pontual: Paused until 15:00' });
    pilot.act({ kind: 'resume' });
    await settle();
    expect(shown.at(-1)?.shape).not.toBe('paused');
    expect((await handlers.status({}, { via: 'gui' })).state).toBe('running');
  });

  it('leads the window to its screens', async () => {
    const { pilot, opened } = setupPilot();
    pilot.act({ kind: 'open' });
    pilot.act({ kind: 'open-run', runId: '01H/..' });
    pilot.act({ kind: 'settings' });
    await settle();
    expect(opened).toEqual([null, '/runs/01H%2F..', '/settings']);
  });

  it('quits once', async () => {
    const { pilot, quits } = setupPilot();
    pilot.act({ kind: 'quit' });
    await settle();
    expect(quits()).toBe(1);
  });

  it('says what went wrong instead of failing', async () => {
    const problem = new Error('read-only');
    const { pilot, errors } = setupPilot({ pause: () => Promise.reject(problem) });
    pilot.act({ kind: 'pause', length: 'until-resume' });
    await settle();
    expect(errors).toEqual([problem]);
  });
});

describe('what the tray shows', () => {
  it('follows events at most twice a second, however many come', async () => {
    const { pilot, shown, clock } = setupPilot();
    for (let number = 0; number < 1000; number += 1) pilot.hear('run.finished');
    clock.advance(499);
    await settle();
    expect(shown).toHaveLength(0);
    clock.advance(1);
    await settle();
    expect(shown).toHaveLength(1);
  });

  it('leaves out events that change nothing in it', async () => {
    const { pilot, shown, clock } = setupPilot();
    pilot.hear('run.progress');
    pilot.hear('records.changed');
    clock.advance(10_000);
    await settle();
    expect(shown).toHaveLength(0);
  });

  it('is read once more when something happened while it was read', async () => {
    const { pilot, shown, clock } = setupPilot();
    await Promise.all([pilot.refresh(), pilot.refresh()]);
    expect(shown).toHaveLength(1);
    clock.advance(500);
    await settle();
    expect(shown).toHaveLength(2);
  });

  it('speaks the language that was chosen meanwhile', async () => {
    const { pilot, shown, speak } = setupPilot();
    await pilot.refresh();
    speak('pt-BR');
    await pilot.refresh();
    const [english, portuguese] = shown.map(({ items }) => items.at(-1));
    expect(english).toMatchObject({ label: 'Quit' });
    expect(portuguese).toMatchObject({ label: 'Sair' });
  });

  it('stays as it is after the end', async () => {
    const { pilot, shown, clock } = setupPilot();
    pilot.hear('run.finished');
    pilot.stop();
    pilot.hear('run.finished');
    clock.advance(10_000);
    await settle();
    expect(shown).toHaveLength(0);
  });
});
