import type { Storage } from '../../shared/upkeep.ts';
import type { App } from '../state/app.svelte.ts';
import { asCallError } from '../state/client.ts';
import { Resource } from '../state/resource.svelte.ts';
import { tell, tellProblem } from '../ui/toast.ts';

/** What is stored and what there is to fall back on; one thing is done with it at a time. */
export class StorageState {
  readonly stored: Resource<Storage>;
  busy = $state<'compact' | 'backup' | null>(null);
  readonly #app: App;

  constructor(app: App) {
    this.#app = app;
    this.stored = new Resource(() => app.client.call('store.info', {}));
  }

  compact(): Promise<void> {
    return this.#do('compact', async () => {
      const { durationMs, snapshotBytes } = await this.#app.client.call('store.compact', {});
      const { t, format } = this.#app.i18n;
      const duration = format.duration(durationMs);
      return t('storage.compactDone', { duration, bytes: format.bytes(snapshotBytes) });
    });
  }

  backUp(): Promise<void> {
    return this.#do('backup', async () => {
      const { bytes } = await this.#app.client.call('store.backup', {});
      const { t, format } = this.#app.i18n;
      return t('storage.backups.done', { bytes: format.bytes(bytes) });
    });
  }

  close(): void {
    this.stored.close();
  }

  async #do(what: 'compact' | 'backup', act: () => Promise<string>): Promise<void> {
    this.busy = what;
    try {
      tell(await act());
      await this.stored.load();
    } catch (thrown) {
      tellProblem(asCallError(thrown).message);
    }
    this.busy = null;
  }
}
