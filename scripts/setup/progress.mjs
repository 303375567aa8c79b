// What a long set-up says while it works: what it does, about how long that takes, how far it is, that it still lives.

const EVERY_MS = 10_000;

/**
 * @typedef {object} Stage
 * @property {string} title What is done.
 * @property {string} usually About how long it takes.
 * @property {() => string | null} [figure] How far it is; null when that is not known.
 */

/** @typedef {ReturnType<typeof createProgress>} Progress */

/**
 * Says nothing until there is something to do.
 *
 * @param {{ opening: string, say?: (line: string) => void, now?: () => number }} options
 */
export function createProgress({ opening, say = console.error, now = Date.now }) {
  /** @type {number | null} */
  let since = null;
  return {
    /**
     * Does one part of the work and tells how it goes; what the work throws comes through.
     *
     * @template T
     * @param {Stage} stage
     * @param {() => T | Promise<T>} work
     * @returns {Promise<T>}
     */
    async stage({ title, usually, figure = () => null }, work) {
      const started = now();
      if (since === null) {
        since = started;
        say(`setup: ${opening}`);
      }
      say(`setup: ${title} (usually ${usually})`);
      const tick = setInterval(() => {
        const far = figure();
        say(`setup:   ${inWords(now() - started)}${far === null ? '' : `, ${far}`}`);
      }, EVERY_MS);
      try {
        return await work();
      } finally {
        clearInterval(tick);
      }
    },
    /** Everything is there. */
    end() {
      if (since !== null) say(`setup: ready after ${inWords(now() - since)}`);
    },
  };
}

/** @param {number} ms */
function inWords(ms) {
  const seconds = Math.round(ms / 1000);
  const minutes = Math.floor(seconds / 60);
  return minutes === 0 ? `${seconds} s` : `${minutes} min ${seconds % 60} s`;
}
