import { app } from 'electron';
import { join } from 'node:path';
import { contract } from '../../shared/contract.ts';
import { desktopContract, type Preferences } from '../../shared/desktop-contract.ts';
import { asError } from '../../shared/errors.ts';
import { createTranslator, resolveLocale, type Locale } from '../../shared/i18n/index.ts';
import { systemClock } from '../engine/clock.ts';
import type { Engine } from '../engine/engine.ts';
import type { CallReport } from './answer-call.ts';
import { setStartAtLogin } from './autostart.ts';
import { channels } from './channels.ts';
import type { DataKey } from './data-key.ts';
import { desktopHandlers, type PreferenceChanges } from './desktop-handlers.ts';
import type { DesktopStateFile } from './desktop-state.ts';
import { changedPreferences } from './preference-changes.ts';
import { waitingHandlers } from './engine-gate.ts';
import { EventFeed } from './event-feed.ts';
import { exitNow } from './exit.ts';
import { serveCalls } from './ipc.ts';
import type { Places } from './launch-options.ts';
import { askBeforeClose, askBeforeQuit } from './leaving.ts';
import { notify } from './notify.ts';
import { sleepBlocker, watchPower } from './power.ts';
import type { Program } from './program.ts';
import { AppTray } from './tray.ts';
import { StayAwake } from './stay-awake.ts';
import { startingModel, type TrayModel } from './tray-menu.ts';
import { TrayPilot } from './tray-pilot.ts';
import { isTrayShown } from './tray-presence.ts';
import { applyTheme, MainWindow } from './window.ts';

export interface DesktopAppOptions {
  readonly places: Places;
  readonly state: DesktopStateFile;
  readonly dataKey: DataKey;
  readonly preload: string;
  readonly resources: string;
  readonly program: Promise<Program>;
  /** Of the local server, for this start; null leaves it to the preferences. */
  readonly port: number | null;
}

const SLOW_CALL_MS = 50;
/** What the engine gets to stop; its own limit, which is said here so that the window need not wait for its code. */
const STOP_MS = 5000;

/**
 * The person's side of the program: window, tray, power, leaving. It opens at once and passes calls on as soon as
 * the engine is ready.
 *
 *     closing the window hides it where a tray shows the way back, else asks
 *     quitting asks when runs are in progress, then stops the engine and exits; signals do not ask
 */
export class DesktopApp {
  readonly #options: DesktopAppOptions;
  readonly #feed: EventFeed;
  readonly #pilot: TrayPilot;
  #window: MainWindow | null = null;
  #tray: AppTray | null = null;
  #trayModel: TrayModel;
  #engine: Engine | null = null;
  readonly #awake = new StayAwake(sleepBlocker);
  #leaving: Promise<void> | null = null;
  #isClosing = false;
  #isRestarting = false;

  constructor(options: DesktopAppOptions) {
    this.#options = options;
    this.#trayModel = startingModel(this.#words());
    this.#feed = new EventFeed({
      clock: systemClock,
      send: (events) => this.#window?.sendEvents(events),
      sendReset: () => this.#window?.sendDesktopEvent({ name: 'reset' }),
    });
    const started = options.program.then(({ engine }) => engine.handlers);
    // Told by who started it; whoever calls meanwhile is told as well.
    started.catch(() => undefined);
    const handlers = waitingHandlers(started);
    this.#pilot = new TrayPilot({
      handlers,
      locale: () => this.#locale(),
      show: (model) => this.#showInTray(model),
      open: (path) => this.open(path),
      quit: () => void this.quit(),
      onError: (error) => this.#notice('warn', `The tray: ${asError(error).message}`),
    });
    this.#serve(handlers);
    applyTheme(this.#preferences().theme);
    watchPower({
      wake: () => this.#engine?.wake(),
      suspend: () => this.#engine?.wake(),
      shutdown: () => void this.leave(),
    });
    void this.#ensureTray();
    // A program that does not start is told of by who started it.
    options.program.then(
      (program) => this.#join(program),
      () => undefined,
    );
  }

  /** Shows the window, at a screen when one is named (`/runs/01H...`). */
  open(path: string | null = null): void {
    if (this.#leaving) return;
    if (this.#window) this.#window.show();
    else this.#window = this.#createWindow();
    if (path !== null) this.#window.navigate(path);
  }

  /** Resolves when the page of an opened window is there. */
  async shown(): Promise<void> {
    await this.#window?.loaded;
  }

  /** The person wants to quit: asks what becomes of running work, then leaves. */
  async quit(): Promise<void> {
    const running = (await this.#engine?.status())?.running ?? 0;
    const choice = running > 0 ? await askBeforeQuit(this.#words().t, running) : 'resume-later';
    if (choice === 'stay') return;
    if (choice === 'wait') await this.#untilIdle();
    if (choice === 'cancel-runs') await this.#cancelRuns();
    await this.leave();
  }

  /** Stops everything and exits with 0, within `STOP_MS` even if the engine does not answer. Twice is harmless. */
  leave(): Promise<void> {
    this.#leaving ??= this.#leave();
    return this.#leaving;
  }

  /** Ends the program and starts it again. */
  restart(): void {
    this.#isRestarting = true;
    app.relaunch();
    void this.leave();
  }

  async #leave(): Promise<void> {
    systemClock.setTimer(STOP_MS, () => this.#exit());
    this.#pilot.stop();
    this.#feed.close();
    this.#window?.close();
    this.#tray?.destroy();
    // What failed to start has nothing to stop, and what fails to stop is on disk all the same.
    await this.#options.program.then((program) => program.stop()).catch(() => undefined);
    this.#exit();
  }

  /** A relaunch happens in Electron's own exit only. */
  #exit(): void {
    if (this.#isRestarting) app.exit(0);
    else exitNow(0);
  }

  #join({ engine, server }: Program): void {
    this.#engine = engine;
    const { port } = this.#options;
    void server.set(port === null ? this.#preferences().localServer : { enabled: true, port });
    engine.events.onPublic((event) => {
      this.#feed.push(event);
      this.#pilot.hear(event.name);
    });
    engine.events.on('status.changed', ({ status }) => this.#awake.active(status.running));
    void this.#pilot.refresh();
  }

  #serve(handlers: ReturnType<typeof waitingHandlers>): void {
    const common = {
      clock: systemClock,
      locale: () => this.#locale(),
      report: (call: CallReport) => this.#reportCall(call),
    };
    serveCalls(channels.engineCall, { ...common, table: contract, handlers });
    serveCalls(channels.desktopCall, {
      ...common,
      table: desktopContract,
      handlers: desktopHandlers({
        places: this.#options.places,
        dataKey: this.#options.dataKey,
        preferences: () => this.#preferences(),
        setPreferences: (changes) => this.#setPreferences(changes),
        logFileOf: async (runId) => (await this.#options.program).engine.logFileOf(runId),
        listRecords: handlers['records.list'],
        restart: () => this.restart(),
        localServer: async () => (await this.#options.program).server.state(),
        locale: () => this.#locale(),
      }),
    });
  }

  #createWindow(): MainWindow {
    return new MainWindow({
      preload: this.#options.preload,
      icon: join(this.#options.resources, 'icon.png'),
      bounds: this.#options.state.current.window,
      onCloseRequest: () => void this.#closeWindow(),
      onVisibility: (isVisible) => (isVisible ? this.#feed.open() : this.#feed.close()),
      onBounds: (bounds) => this.#options.state.change({ window: bounds }),
      onLoadError: (error) => this.#notice('error', `The window: ${asError(error).message}`),
    });
  }

  async #closeWindow(): Promise<void> {
    if (this.#isClosing) return;
    this.#isClosing = true;
    try {
      if (!this.#preferences().closeToTray) await this.quit();
      else if (await this.#ensureTray()) this.#hideIntoTray();
      else await this.#closeWithoutTray();
    } finally {
      this.#isClosing = false;
    }
  }

  #hideIntoTray(): void {
    this.#window?.hide();
    if (this.#options.state.current.isCloseExplained) return;
    this.#options.state.change({ isCloseExplained: true });
    const { t } = this.#words();
    notify(t('tray.closedToTray.title'), t('tray.closedToTray.body'), () => this.open('/settings'));
  }

  async #closeWithoutTray(): Promise<void> {
    const choice = await askBeforeClose(this.#words().t);
    if (choice === 'minimize') this.#window?.minimize();
    if (choice === 'quit') await this.quit();
  }

  /** Panels come and go on Linux: looked for at the start and whenever it matters. */
  async #ensureTray(): Promise<boolean> {
    if (!(await isTrayShown())) return false;
    if (this.#leaving) return false;
    this.#tray ??= new AppTray(this.#trayModel, {
      icons: join(this.#options.resources, 'tray'),
      act: (action) => this.#pilot.act(action),
    });
    return true;
  }

  #showInTray(model: TrayModel): void {
    this.#trayModel = model;
    this.#tray?.show(model);
  }

  async #setPreferences(changes: PreferenceChanges): Promise<Preferences> {
    const preferences = changedPreferences(this.#preferences(), changes);
    if (changes.startAtLogin !== undefined) setStartAtLogin(changes.startAtLogin);
    this.#options.state.change({ preferences });
    applyTheme(preferences.theme);
    this.#pilot.refreshSoon();
    this.#window?.sendDesktopEvent({ name: 'preferences.changed', preferences });
    if (changes.localServer)
      await (await this.#options.program).server.set(preferences.localServer);
    return preferences;
  }

  #preferences(): Preferences {
    return this.#options.state.current.preferences;
  }

  #locale(): Locale {
    return resolveLocale(this.#preferences().language, app.getPreferredSystemLanguages());
  }

  #words() {
    return createTranslator(this.#locale());
  }

  async #untilIdle(): Promise<void> {
    const { engine } = await this.#options.program;
    if ((await engine.status()).running === 0) return;
    await new Promise<void>((resolve) => {
      const stop = engine.events.on('status.changed', ({ status }) => {
        if (status.running > 0) return;
        stop();
        resolve();
      });
    });
  }

  async #cancelRuns(): Promise<void> {
    const { handlers } = (await this.#options.program).engine;
    const caller = { via: 'gui' } as const;
    const running = await handlers['runs.list']({ limit: 500, state: 'running' }, caller);
    await Promise.all(running.items.map(({ id }) => handlers['runs.cancel']({ id }, caller)));
  }

  #reportCall({ name, durationMs, unexpected }: CallReport): void {
    if (unexpected) {
      this.#notice('error', `${name} failed: ${unexpected.stack ?? unexpected.message}`);
    } else if (durationMs > SLOW_CALL_MS) {
      this.#notice('debug', `${name} took ${Math.round(durationMs)} ms`);
    }
  }

  #notice(level: 'debug' | 'info' | 'warn' | 'error', message: string): void {
    this.#engine?.events.emitInternal('notice', { level, message, fields: {} });
  }
}
