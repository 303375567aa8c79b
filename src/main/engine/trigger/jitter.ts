/**
 * A number in [0, 1) that looks random but is always the same for the same seed and instant, so a
 * restart or a second look neither moves nor repeats a run (FNV-1a, finished as in MurmurHash3).
 */
export function steadyFraction(seed: string, instantMs: number): number {
  let hash = 0x811c9dc5;
  const text = `${seed}@${instantMs}`;
  for (let index = 0; index < text.length; index++) {
    hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193);
  }
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return ((hash ^ (hash >>> 16)) >>> 0) / 0x1_0000_0000;
}
