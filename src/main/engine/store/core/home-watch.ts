import { asError } from '../../../../shared/errors.ts';
import { SaidError, say } from '../../../../shared/sentences.ts';
import type { StoreState } from './state.ts';

/** Notices that the folder or the journal was deleted, moved or replaced under our feet. */
export class HomeWatch {
  readonly #state: StoreState;
  readonly #inode: string;

  constructor(state: StoreState, inode: string) {
    this.#state = state;
    this.#inode = inode;
  }

  /** Tells once of the first thing that is wrong; while other work is done to the files, nothing is looked at. */
  async look(isBusy: () => boolean, tell: (error: Error) => void): Promise<void> {
    const { isClosing, health, pipeline, deps } = this.#state;
    if (isClosing || isBusy() || health.state !== 'ok') return;
    try {
      await this.assertHome();
      const { writer } = pipeline;
      const journal = writer && (await deps.files.stat(writer.name));
      if (writer && pipeline.writer === writer && journal?.inode !== writer.inode)
        throw new HomeChanged(say('fileReplaced', { name: writer.name }));
    } catch (error) {
      await pipeline.pause();
      tell(asError(error));
    }
  }

  async assertHome(): Promise<void> {
    const home = await this.#state.deps.files.stat('.');
    if (home?.inode !== this.#inode) throw new HomeChanged(say('folderReplaced'));
  }
}

class HomeChanged extends SaidError {
  override readonly name = 'HomeChanged';
}
