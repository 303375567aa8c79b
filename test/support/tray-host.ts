import dbus from 'dbus-next';

/** What a desktop's panel knows of an app's tray icon. */
export interface TrayItemView {
  readonly tooltip: string;
  /** Width, height and pixels of the largest icon; changes with the shape. */
  readonly icon: string;
  readonly menu: readonly MenuEntry[];
}

export interface MenuEntry {
  readonly id: number;
  readonly label: string;
  readonly isEnabled: boolean;
  readonly children: readonly MenuEntry[];
}

const WATCHER = 'org.kde.StatusNotifierWatcher';
const ITEM = 'org.kde.StatusNotifierItem';
const MENU = 'com.canonical.dbusmenu';
const MOST_CLICKS = 5;

/** The panel's side of the protocol: apps look for this name and register their icon there. */
class StatusNotifierWatcher extends dbus.interface.Interface {
  readonly items: string[] = [];
  #onRegistered: (() => void) | null = null;

  RegisterStatusNotifierItem(service: string): void {
    this.items.push(service);
    this.#onRegistered?.();
  }

  RegisterStatusNotifierHost(_service: string): void {
    // There is one host, and it is us.
  }

  get RegisteredStatusNotifierItems(): string[] {
    return this.items;
  }

  get IsStatusNotifierHostRegistered(): boolean {
    return true;
  }

  get ProtocolVersion(): number {
    return 0;
  }

  registered(): Promise<void> {
    if (this.items.length > 0) return Promise.resolve();
    return new Promise((resolve) => {
      this.#onRegistered = resolve;
    });
  }
}
StatusNotifierWatcher.configureMembers({
  methods: {
    RegisterStatusNotifierItem: { inSignature: 's' },
    RegisterStatusNotifierHost: { inSignature: 's' },
  },
  properties: {
    RegisteredStatusNotifierItems: { signature: 'as', access: 'read' },
    IsStatusNotifierHostRegistered: { signature: 'b', access: 'read' },
    ProtocolVersion: { signature: 'i', access: 'read' },
  },
});

/**
 * A panel that shows tray icons, on the session bus of the test. It has to be there before the app starts; what the
 * app shows is read, and clicked, exactly as a desktop does it.
 */
export class TrayHost {
  readonly #bus: dbus.MessageBus;
  readonly #watcher: StatusNotifierWatcher;

  private constructor(bus: dbus.MessageBus, watcher: StatusNotifierWatcher) {
    this.#bus = bus;
    this.#watcher = watcher;
  }

  static async start(): Promise<TrayHost> {
    const bus = dbus.sessionBus();
    const watcher = new StatusNotifierWatcher(WATCHER);
    bus.export('/StatusNotifierWatcher', watcher);
    await bus.requestName(WATCHER, 0);
    return new TrayHost(bus, watcher);
  }

  /** Leaves the bus; apps see the panel go. */
  stop(): void {
    this.#bus.disconnect();
  }

  /** Waits until an app has registered an icon. */
  registered(): Promise<void> {
    return this.#watcher.registered();
  }

  /** What the icon shows now. */
  async read(): Promise<TrayItemView> {
    await this.#watcher.registered();
    const [properties] = (await this.#call(
      '/StatusNotifierItem',
      'org.freedesktop.DBus.Properties',
      {
        member: 'GetAll',
        signature: 's',
        body: [ITEM],
      },
    )) as [Record<string, dbus.Variant>];
    const [, root] = (await this.#call(await this.#menuPath(), MENU, {
      member: 'GetLayout',
      signature: 'iias',
      body: [0, -1, []],
    })) as [number, RawEntry];
    return {
      tooltip: tooltipOf(properties['ToolTip']?.value as readonly unknown[]),
      icon: JSON.stringify(properties['IconPixmap']?.value, bytesAsText),
      menu: entryOf(root).children,
    };
  }

  /**
   * Clicks an entry by its labels from the top: `click('Pause', 'For 1 hour')`. A menu that was replaced between
   * reading and clicking refuses the click; a person would click again, and so does this.
   */
  async click(...labels: readonly string[]): Promise<void> {
    for (let tries = 1; ; tries += 1) {
      const { id } = await this.#find(labels);
      try {
        await this.#call(await this.#menuPath(), MENU, {
          member: 'Event',
          signature: 'isvu',
          body: [id, 'clicked', new dbus.Variant('s', ''), 0],
        });
        return;
      } catch (error) {
        if (isPeerGone(error)) return; // a click on Quit is not answered
        if (tries === MOST_CLICKS) throw error;
      }
    }
  }

  async #find(labels: readonly string[]): Promise<{ readonly id: number }> {
    let entries = (await this.read()).menu;
    let found: MenuEntry | undefined;
    for (const label of labels) {
      found = entries.find((entry) => entry.label === label);
      if (!found) throw new Error(`No '${label}' among: ${labelsOf(entries).join(', ')}`);
      entries = found.children;
    }
    if (!found) throw new Error('A click needs a label.');
    return found;
  }

  /** The app that registered last. */
  #item(): string {
    return this.#watcher.items.at(-1) ?? '';
  }

  async #menuPath(): Promise<string> {
    const [menu] = (await this.#call('/StatusNotifierItem', 'org.freedesktop.DBus.Properties', {
      member: 'Get',
      signature: 'ss',
      body: [ITEM, 'Menu'],
    })) as [dbus.Variant<string>];
    return menu.value;
  }

  async #call(
    path: string,
    target: string,
    message: { member: string; signature: string; body: unknown[] },
  ): Promise<unknown[]> {
    const reply = await this.#bus.call(
      new dbus.Message({ destination: this.#item(), path, interface: target, ...message }),
    );
    return (reply?.body ?? []) as unknown[];
  }
}

function isPeerGone(error: unknown): boolean {
  const { type } = error as { type?: string };
  return type === 'org.freedesktop.DBus.Error.NoReply';
}

/** The labels of a menu; separators have none. */
export function labelsOf(entries: readonly MenuEntry[]): readonly string[] {
  return entries.map(({ label }) => label).filter((label) => label !== '');
}

type RawEntry = [
  id: number,
  properties: Record<string, dbus.Variant>,
  children: dbus.Variant<RawEntry>[],
];

function entryOf([id, properties, children]: RawEntry): MenuEntry {
  const label = String(properties['label']?.value ?? '');
  return {
    id,
    label: label.replace(/_(.)/g, '$1'), // `_` marks the letter to press, `__` is one underscore
    isEnabled: properties['enabled']?.value !== false,
    children: children.map(({ value }) => entryOf(value)),
  };
}

/** (icon name, pixmaps, title, text) */
function tooltipOf(parts: readonly unknown[]): string {
  return parts
    .slice(2)
    .map(String)
    .filter((part) => part !== '')
    .join('\n');
}

function bytesAsText(_key: string, value: unknown): unknown {
  return value instanceof Uint8Array ? Buffer.from(value).toString('base64') : value;
}
