/** How long to wait before the next try: doubling, with jitter so that many screens do not come at once. */

const FIRST_MS = 500;
const LONGEST_MS = 3_000;

/** `failures` in a row so far, `random` in [0, 1): between half and the whole of the doubled pause, in ms. */
export function pauseMs(failures: number, random: number): number {
  const doubled = Math.min(LONGEST_MS, FIRST_MS * 2 ** Math.max(0, failures - 1));
  return doubled * (0.5 + random / 2);
}
