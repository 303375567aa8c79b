import type { StoreFiles } from '../files/store-files.ts';
import { stampOf } from './layout.ts';

/**
 * Does something to a name of the store. A folder under that name is none of ours, and nothing could ever take its
 * place: it gets another name, and the action is tried again. Files stay as they are.
 */
export async function pastFolder<T>(
  files: StoreFiles,
  name: string,
  now: number,
  action: () => Promise<T>,
): Promise<T> {
  try {
    return await action();
  } catch (error) {
    const identity = await files.stat(name).catch(() => null);
    if (!identity || identity.isFile) throw error;
    await files.rename(name, `${name}.aside-${stampOf(now)}`);
    return action();
  }
}
