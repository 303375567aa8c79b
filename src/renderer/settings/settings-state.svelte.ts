import type { Problem } from '../../shared/errors.ts';
import type { Settings, SettingsPatch } from '../../shared/settings.ts';
import type { App } from '../state/app.svelte.ts';
import { asCallError } from '../state/client.ts';
import { Resource } from '../state/resource.svelte.ts';
import { tell, tellProblem } from '../ui/toast.ts';

/** The settings; each change is saved at once and can be taken back. */
export class SettingsState {
  readonly saved: Resource<Settings>;
  problems = $state.raw<readonly Problem[]>([]);
  readonly #app: App;

  constructor(app: App) {
    this.#app = app;
    this.saved = new Resource(() => app.client.call('settings.get', {}));
  }

  problem(path: string): string | undefined {
    return this.problems.find((one) => one.path === path)?.message;
  }

  /** Saves a change; `back` is the patch that undoes it. */
  async change(patch: SettingsPatch, back: SettingsPatch): Promise<void> {
    try {
      this.saved.set(await this.#app.client.call('settings.patch', patch));
      this.problems = [];
      const { t } = this.#app.i18n;
      tell(t('settings.saved'), {
        label: t('actions.undo'),
        act: () => void this.#takeBack(back),
      });
    } catch (thrown) {
      const error = asCallError(thrown);
      this.problems = error.details;
      if (error.details.length === 0) tellProblem(error.message);
    }
  }

  async #takeBack(back: SettingsPatch): Promise<void> {
    try {
      this.saved.set(await this.#app.client.call('settings.patch', back));
    } catch (thrown) {
      tellProblem(asCallError(thrown).message);
    }
  }
}
