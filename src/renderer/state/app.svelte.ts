import { createContext } from 'svelte';
import type { Bridge, Unsubscribe } from '../../shared/bridge.ts';
import type { AppInfo, DesktopEvent } from '../../shared/desktop-contract.ts';
import { assertNever } from '../../shared/assert-never.ts';
import { Catalog } from './catalog.svelte.ts';
import { createClient, type Client } from './client.ts';
import { Discards } from './discards.svelte.ts';
import { Drafts } from './drafts.ts';
import { Feed } from './feed.ts';
import { I18n } from './i18n.svelte.ts';
import { PreferencesState } from './preferences.svelte.ts';
import { ScheduleWords } from '../schedule/schedule-words.svelte.ts';
import { Resource } from './resource.svelte.ts';
import { Router } from './router.svelte.ts';
import type { Status } from '../../shared/status.ts';
import { Ticker } from './ticker.svelte.ts';

/** What lives as long as the window: one of each, handed down by context. */
export class App {
  readonly client: Client;
  readonly feed: Feed;
  readonly router = new Router();
  readonly ticker = new Ticker();
  readonly i18n = new I18n();
  readonly preferences: PreferencesState;
  readonly catalog: Catalog;
  readonly status: Resource<Status>;
  readonly info: Resource<AppInfo>;
  readonly scheduleWords: ScheduleWords;
  readonly drafts = new Drafts();
  readonly discards: Discards;
  isPaletteOpen = $state(false);
  isShortcutsOpen = $state(false);
  readonly #unsubscribe: Unsubscribe;

  constructor(bridge: Bridge) {
    this.client = createClient(bridge);
    this.feed = new Feed(bridge.on.bind(bridge));
    this.preferences = new PreferencesState(this.client, this.i18n);
    this.catalog = new Catalog(this.client);
    this.discards = new Discards(this.client);
    this.scheduleWords = new ScheduleWords(this.client);
    this.status = new Resource(() => this.client.call('status', {}));
    this.info = new Resource(() => this.client.desktop('app.info', {}));
    this.#unsubscribe = bridge.desktop.on((event) => this.#hearDesktop(event));
    this.feed.listen((digest) => {
      this.catalog.hear(digest);
      if (digest.status !== null) this.status.set(digest.status);
      else if (digest.runs.size > 0 || digest.isOverflow) this.status.refreshSoon();
    });
  }

  /** Starts what ticks; the first paint waits for the language and the theme. */
  async start(): Promise<void> {
    this.ticker.start();
    await this.preferences.load();
  }

  close(): void {
    this.#unsubscribe();
    this.feed.close();
    this.discards.close();
    this.router.close();
    this.ticker.close();
    this.catalog.close();
    this.status.close();
    this.info.close();
  }

  #hearDesktop(event: DesktopEvent): void {
    switch (event.name) {
      case 'navigate':
        this.router.go(`#${event.path}`);
        return;
      case 'preferences.changed':
        this.preferences.apply(event.preferences);
        return;
      case 'reset':
        this.feed.reset();
        return;
      default:
        assertNever(event);
    }
  }
}

export const [getApp, setApp] = createContext<App>();
