import { Menu, nativeImage, nativeTheme, Tray, type MenuItemConstructorOptions } from 'electron';
import { join } from 'node:path';
import { assertNever } from '../../shared/assert-never.ts';
import type { TrayAction, TrayItem, TrayModel, TrayShape } from './tray-menu.ts';

export interface AppTrayOptions {
  /** The folder of the icons: `idle-light.png`, `idle-light@2x.png`, `idle-dark.png`, ... */
  readonly icons: string;
  readonly act: (action: TrayAction) => void;
}

/** The icon in the panel. Shows a model; decides nothing. */
export class AppTray {
  readonly #options: AppTrayOptions;
  readonly #tray: Tray;
  #shown: TrayModel;
  readonly #onThemeChange = () => this.#setIcon(this.#shown.shape);

  constructor(model: TrayModel, options: AppTrayOptions) {
    this.#options = options;
    this.#shown = model;
    this.#tray = new Tray(this.#icon(model.shape));
    this.#tray.on('click', () => options.act({ kind: 'open' }));
    this.#setTexts(model);
    nativeTheme.on('updated', this.#onThemeChange);
  }

  /** Sets only what differs: on Linux a menu that is set again closes under the pointer. */
  show(model: TrayModel): void {
    const before = this.#shown;
    this.#shown = model;
    if (before.shape !== model.shape) this.#setIcon(model.shape);
    if (JSON.stringify(before) !== JSON.stringify(model)) this.#setTexts(model);
  }

  destroy(): void {
    nativeTheme.off('updated', this.#onThemeChange);
    this.#tray.destroy();
  }

  #setTexts(model: TrayModel): void {
    this.#tray.setToolTip(model.tooltip);
    // Linux shows changes of a menu only when the whole menu is set again.
    this.#tray.setContextMenu(Menu.buildFromTemplate(model.items.map((item) => this.#entry(item))));
  }

  #setIcon(shape: TrayShape): void {
    this.#tray.setImage(this.#icon(shape));
  }

  #icon(shape: TrayShape): Electron.NativeImage {
    const panel = nativeTheme.shouldUseDarkColors ? 'dark' : 'light';
    return nativeImage.createFromPath(join(this.#options.icons, `${shape}-${panel}.png`));
  }

  #entry(item: TrayItem): MenuItemConstructorOptions {
    switch (item.kind) {
      case 'action':
        return { label: escaped(item.label), click: () => this.#options.act(item.action) };
      case 'words':
        return { label: escaped(item.label), enabled: false };
      case 'submenu':
        return { label: escaped(item.label), submenu: item.items.map((one) => this.#entry(one)) };
      case 'separator':
        return { type: 'separator' };
      default:
        return assertNever(item);
    }
  }
}

/** In a menu `&` marks the letter to press; a job may be called `R&D`. */
function escaped(label: string): string {
  return label.replaceAll('&', '&&');
}
