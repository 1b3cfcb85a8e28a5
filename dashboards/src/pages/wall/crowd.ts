/** A plan on which devices are too many for a marker each: those of one square of it stand as one group. Pure. */
import type { Spot } from "./spread";

/** Filled with markers to this share, pushing them apart would take them too far from where they stand. */
const CROWDED = 0.6;

/** What stands in one place: something by itself, or a group. */
export interface Gathered extends Spot {
  /** Keys of what stands here. */
  readonly members: readonly string[];
}

/** Lengths as parts of the plan's width and height. */
interface Size {
  readonly x: number;
  readonly y: number;
}

export function isCrowd(spots: readonly Spot[], marker: Size): boolean {
  return spots.length * marker.x * marker.y > CROWDED;
}

/** Each by itself. */
export function apart(spots: readonly Spot[]): readonly Gathered[] {
  return spots.map((spot) => ({ ...spot, members: [spot.key] }));
}

/**
 * What stands in the same square is one, in the middle of its members; who is alone in a square stays so. Squares go by
 * place and never by state: nothing moves because something happens to it.
 */
export function gather(spots: readonly Spot[], square: Size): readonly Gathered[] {
  const squares = new Map<string, Spot[]>();
  for (const spot of spots) {
    const key = `square ${Math.floor(spot.x / square.x)} ${Math.floor(spot.y / square.y)}`;
    const there = squares.get(key);
    if (there === undefined) squares.set(key, [spot]);
    else there.push(spot);
  }
  return [...squares].flatMap(([key, there]) => (there.length === 1 ? apart(there) : [groupOf(key, there)]));
}

function groupOf(key: string, there: readonly Spot[]): Gathered {
  const mean = (axis: "x" | "y"): number => there.reduce((sum, each) => sum + each[axis], 0) / there.length;
  return { key, x: mean("x"), y: mean("y"), members: there.map((each) => each.key) };
}
