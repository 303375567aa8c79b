declare module 'fs-native-extensions' {
  /** Locks a whole open file for its owner alone; false when another open file holds the lock. */
  export function tryLock(fd: number): boolean;
}
