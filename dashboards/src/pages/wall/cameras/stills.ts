/** When which camera is asked for its next picture: seldom, few at a time, less often where none comes. Pure. */

/** Between two pictures of a camera. Under a minute, for whoever looks again later than that is a new look in the audit. */
export const EVERY_MS = 50_000;
export const AT_ONCE = 2;
const LONGEST_MS = 10 * 60_000;

/** A picture that is older is not what the camera sees now. */
export const OLD_AFTER_MS = 90_000;

export interface Tried {
  readonly atMs: number;
  /** How often in a row there was no picture. */
  readonly failures: number;
}

/** The camera whose turn it is; null: nobody's. Those that were never asked come first, then who has waited longest. */
export function nextOf(wanted: Iterable<string>, tried: ReadonlyMap<string, Tried>, nowMs: number): string | null {
  let best: { readonly key: string; readonly atMs: number } | null = null;
  for (const key of wanted) {
    const last = tried.get(key);
    if (last !== undefined && nowMs - last.atMs < pauseAfter(last.failures)) continue;
    const atMs = last?.atMs ?? -Infinity;
    if (best === null || atMs < best.atMs) best = { key, atMs };
  }
  return best?.key ?? null;
}

/** How long to leave a camera alone after so many failures in a row, in ms. */
export function pauseAfter(failures: number): number {
  return Math.min(LONGEST_MS, EVERY_MS * 2 ** failures);
}
