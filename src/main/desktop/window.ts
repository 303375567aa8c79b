import { BrowserWindow, nativeTheme, screen, shell } from 'electron';
import type { DesktopEvent, Preferences } from '../../shared/desktop-contract.ts';
import type { PontualEvent } from '../../shared/events.ts';
import { windowUrl } from './app-protocol.ts';
import { channels } from './channels.ts';
import type { WindowBounds } from './desktop-state.ts';

export interface MainWindowOptions {
  readonly preload: string;
  readonly icon: string;
  readonly bounds: WindowBounds | null;
  /** The person closes the window; whoever listens decides what that means. */
  readonly onCloseRequest: () => void;
  readonly onVisibility: (isVisible: boolean) => void;
  readonly onBounds: (bounds: WindowBounds) => void;
  readonly onLoadError: (error: unknown) => void;
}

const SMALLEST = { width: 900, height: 600 };
const USUAL = { width: 1200, height: 800 };
/** Painted before the page is there, so that the window does not flash; the page's own background. */
const BACKGROUND = { light: '#fbfaf9', dark: '#1b1a19' };

/** The one window. It is hidden rather than destroyed, so that it comes back at once and as it was left. */
export class MainWindow {
  readonly #window: BrowserWindow;
  readonly #options: MainWindowOptions;
  /** The page is there; rejects when it cannot be loaded. */
  readonly loaded: Promise<void>;
  #mayClose = false;

  constructor(options: MainWindowOptions) {
    this.#options = options;
    this.#window = new BrowserWindow({
      ...USUAL,
      ...visiblePart(options.bounds),
      minWidth: SMALLEST.width,
      minHeight: SMALLEST.height,
      show: false,
      title: 'Pontual',
      icon: options.icon,
      autoHideMenuBar: true,
      backgroundColor: nativeTheme.shouldUseDarkColors ? BACKGROUND.dark : BACKGROUND.light,
      webPreferences: {
        preload: options.preload,
        sandbox: true,
        contextIsolation: true,
        nodeIntegration: false,
        webviewTag: false,
        spellcheck: false,
      },
    });
    if (options.bounds?.isMaximized) this.#window.maximize();
    this.#confine();
    this.#listen();
    this.#window.once('ready-to-show', () => this.show());
    this.loaded = this.#window.loadURL(windowUrl());
    this.loaded.catch(options.onLoadError);
  }

  show(): void {
    if (this.#window.isMinimized()) this.#window.restore();
    this.#window.show();
    this.#window.focus();
  }

  hide(): void {
    this.#window.hide();
  }

  minimize(): void {
    this.#window.minimize();
  }

  /** Closes it for good, whatever the page says. */
  close(): void {
    this.#mayClose = true;
    if (!this.#window.isDestroyed()) this.#window.destroy();
  }

  sendEvents(events: readonly PontualEvent[]): void {
    this.#send(channels.engineEvents, events);
  }

  /** Shows a screen, as soon as the page is there. */
  navigate(path: string): void {
    void this.loaded.then(() => this.sendDesktopEvent({ name: 'navigate', path }));
  }

  sendDesktopEvent(event: DesktopEvent): void {
    this.#send(channels.desktopEvent, event);
  }

  #send(channel: string, payload: unknown): void {
    if (!this.#window.isDestroyed()) this.#window.webContents.send(channel, payload);
  }

  /** The page goes nowhere else and opens nothing; a link leads to the system's browser. */
  #confine(): void {
    const { webContents } = this.#window;
    webContents.on('will-navigate', (event) => event.preventDefault());
    webContents.on('will-redirect', (event) => event.preventDefault());
    webContents.on('will-attach-webview', (event) => event.preventDefault());
    webContents.setWindowOpenHandler(({ url }) => {
      if (url.startsWith('https://')) void shell.openExternal(url);
      return { action: 'deny' };
    });
    webContents.session.setPermissionRequestHandler((_contents, _permission, answer) =>
      answer(false),
    );
    webContents.session.setPermissionCheckHandler(() => false);
  }

  #listen(): void {
    const { onCloseRequest, onVisibility, onBounds } = this.#options;
    this.#window.on('close', (event) => {
      onBounds({ ...this.#window.getNormalBounds(), isMaximized: this.#window.isMaximized() });
      if (this.#mayClose) return;
      event.preventDefault();
      onCloseRequest();
    });
    this.#window.on('show', () => onVisibility(true));
    this.#window.on('restore', () => onVisibility(true));
    this.#window.on('hide', () => onVisibility(false));
    this.#window.on('minimize', () => onVisibility(false));
  }
}

/** Remembered bounds, unless their screen is gone. */
function visiblePart(bounds: WindowBounds | null): Partial<Electron.Rectangle> {
  if (bounds === null) return {};
  const { x, y, width, height } = bounds;
  const isOnScreen = screen
    .getAllDisplays()
    .some(
      ({ workArea }) =>
        x < workArea.x + workArea.width &&
        x + width > workArea.x &&
        y < workArea.y + workArea.height &&
        y + height > workArea.y,
    );
  return isOnScreen ? { x, y, width, height } : { width, height };
}

/** The theme of the window's frame, menus and native dialogs. */
export function applyTheme(theme: Preferences['theme']): void {
  nativeTheme.themeSource = theme;
}
