/** Keeps markers on the site plan from covering one another. Pure. */

export interface Spot {
  readonly key: string;
  /** From 0 to 1 over the plan. */
  readonly x: number;
  readonly y: number;
}

const ROUNDS = 200;
/** Filled with markers to this share, the plan has no room to move them; they stay where they are, over one another. */
const FULL = 1;

/**
 * Push spots apart until they are `size` from each other, each no further than need be, and keep all inside.
 * `size` is a marker's, as parts of the plan's width and height. The same spots always end in the same places.
 */
export function spread(spots: readonly Spot[], size: { readonly x: number; readonly y: number }): readonly Spot[] {
  const placed = spots.map(({ key, x, y }) => ({ key, x: x / size.x, y: y / size.y }));
  const full = placed.length * size.x * size.y > FULL;
  for (let round = 0; round < ROUNDS; round += 1) {
    let moved = false;
    const near = neighbours(placed);
    for (let one = 0; one < placed.length && !full; one += 1) {
      for (const other of near(one)) moved = pushApart(placed, one, other) || moved;
    }
    for (const spot of placed) {
      spot.x = Math.min(1 / size.x - 0.5, Math.max(0.5, spot.x));
      spot.y = Math.min(1 / size.y - 0.5, Math.max(0.5, spot.y));
    }
    if (!moved) break;
  }
  return placed.map(({ key, x, y }) => ({ key, x: x * size.x, y: y * size.y }));
}

type Moving = { key: string; x: number; y: number };

/** Those after each that may touch it, in order: only what is in the squares around its own, so thousands can be placed. */
function neighbours(placed: readonly Moving[]): (one: number) => readonly number[] {
  const squares = new Map<string, number[]>();
  const squareOf = ({ x, y }: Moving): readonly [number, number] => [Math.floor(x / 2), Math.floor(y / 2)];
  for (const [at, spot] of placed.entries()) {
    const key = squareOf(spot).join();
    const there = squares.get(key);
    if (there === undefined) squares.set(key, [at]);
    else there.push(at);
  }
  return (one) => {
    const [column, row] = squareOf(placed[one] as Moving);
    const around = [-1, 0, 1].flatMap((dx) => [-1, 0, 1].flatMap((dy) => squares.get(`${column + dx},${row + dy}`) ?? []));
    return around.filter((other) => other > one).sort((a, b) => a - b);
  };
}

/** Squares of side 1: those that overlap move along the axis on which they do so least. */
function pushApart(placed: Moving[], one: number, other: number): boolean {
  const a = placed[one];
  const b = placed[other];
  if (a === undefined || b === undefined) return false;
  const dx = b.x - a.x;
  const dy = b.y - a.y;
  const overlapX = 1 - Math.abs(dx);
  const overlapY = 1 - Math.abs(dy);
  if (overlapX <= 1e-6 || overlapY <= 1e-6) return false;
  if (overlapX <= overlapY) {
    const step = (overlapX / 2) * (dx < 0 ? -1 : 1);
    a.x -= step;
    b.x += step;
  } else {
    const step = (overlapY / 2) * (dy < 0 ? -1 : 1);
    a.y -= step;
    b.y += step;
  }
  return true;
}
