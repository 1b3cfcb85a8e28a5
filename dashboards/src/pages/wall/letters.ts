/** How large letters must be so that they are read across the room. Pure. */

/** How high the picture on the wall is, and how far away its farthest viewer sits. */
export interface Viewing {
  readonly heightMm: number;
  readonly distanceM: number;
}

/** The height of 16 arc-minutes at a distance of 1: NUREG-0700 rev. 3, for letters on a large group display. */
export const ARC_MINUTES_16 = 0.004654;
/** How much of its font size a Chinese letter is high. */
const GLYPH_EM = 0.9;
/** Strokes of Chinese letters run into one another below this, however near one sits. */
const LEGIBLE_PX = 14;
/** The smallest letters of the wall. */
export const SMALLEST_REM = 0.875;

/** The size in px of the smallest letters on a picture of so many px height. */
export function smallestPx({ heightMm, distanceM }: Viewing, pictureHighPx: number): number {
  const letterMm = distanceM * 1000 * ARC_MINUTES_16;
  return Math.max(LEGIBLE_PX, (letterMm * pictureHighPx) / heightMm / GLYPH_EM);
}

/** The root's font size in px; null where nobody said how large the wall is: then it goes by the picture's width. */
export function rootPx(viewing: Viewing | null, pictureHighPx: number): number | null {
  return viewing === null ? null : smallestPx(viewing, pictureHighPx) / SMALLEST_REM;
}
