/** The last moves of somebody who places devices, so that they can be taken back. Pure. */
import type { Place } from "@/live/plans";
import type { Site } from "@/live/protocol";

export const KEPT = 30;
/** By arrow keys, as shares of the plan; with Shift the long one. */
export const STEP = 0.0025;
export const LONG_STEP = 0.025;

/** Null: nobody had placed it, or it was taken off. */
export interface Move {
  readonly key: string;
  readonly from: Place | null;
  readonly to: Place | null;
}

const ARROWS: Readonly<Record<string, readonly [x: number, y: number]>> = {
  ArrowLeft: [-1, 0],
  ArrowRight: [1, 0],
  ArrowUp: [0, -1],
  ArrowDown: [0, 1],
};

export function withMove(moves: readonly Move[], move: Move): readonly Move[] {
  return [...moves, move].slice(-KEPT);
}

/** Where people placed a device; null if nobody did. */
export function givenPlace(key: string, site: Site | null): Place | null {
  const given = site?.placements?.[key];
  return given === undefined ? null : { plan: given[0], x: given[1], y: given[2] };
}

/** Whether it still is where the move left it: otherwise somebody else moved it since. */
export function stillThere({ key, to }: Move, site: Site | null): boolean {
  const now = givenPlace(key, site);
  if (now === null || to === null) return now === to;
  return now.plan === to.plan && near(now.x, to.x) && near(now.y, to.y);
}

/** Where an arrow key moves it; null: it is no such key. */
export function stepped(place: Place, key: string, long: boolean): Place | null {
  const way = ARROWS[key];
  if (way === undefined) return null;
  const size = long ? LONG_STEP : STEP;
  return { ...place, x: inside(place.x + way[0] * size), y: inside(place.y + way[1] * size) };
}

export function inside(share: number): number {
  return Math.min(1, Math.max(0, Number(share.toFixed(5))));
}

function near(one: number, other: number): boolean {
  return Math.abs(one - other) < 0.0001;
}
