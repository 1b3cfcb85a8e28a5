/** What stands where on one plan: devices by themselves, or a row of them as one. Pure. */
import { placeOf } from "@/live/plans";
import { keyOf } from "@/live/protocol";
import type { Device, Site } from "@/live/protocol";
import { rowOf } from "./groups";
import type { Spot } from "./spread";

export interface Standing extends Spot {
  readonly devices: readonly Device[];
}

/** In which row a device stands, and of which site a standing was placed: asked of thousands whenever one has news. */
const ROWS = new WeakMap<Device, string>();
const PLACED_IN = new WeakMap<Standing, Site | null>();

/**
 * `devices` of one plan. What is as it was `before` is the same object, so that news of one device draws one marker:
 * ten sockets on top of one another say nothing, so a row is one, unless somebody places them (`inRows` false).
 */
export function standing(
  devices: readonly Device[],
  site: Site | null,
  before: ReadonlyMap<string, Standing> = new Map(),
  inRows = true,
): ReadonlyMap<string, Standing> {
  const rows = new Map<string, Device[]>();
  for (const device of devices) {
    const key = inRows ? rowKey(device) : keyOf(device);
    const row = rows.get(key);
    if (row === undefined) rows.set(key, [device]);
    else row.push(device);
  }
  const now = new Map<string, Standing>();
  for (const key of inOrder(rows, before)) now.set(key, standingOf(key, rows.get(key) ?? [], site, before.get(key)));
  return now;
}

/** The key of the standing of a device, where rows are one. */
export function rowKey(device: Device): string {
  const known = ROWS.get(device);
  if (known !== undefined) return known;
  const key = rowOf(device) ?? keyOf(device);
  ROWS.set(device, key);
  return key;
}

/** Sorted; as `before`, if nobody came or went. */
function inOrder(rows: ReadonlyMap<string, unknown>, before: ReadonlyMap<string, unknown>): Iterable<string> {
  const same = before.size === rows.size && [...before.keys()].every((key) => rows.has(key));
  return same ? before.keys() : [...rows.keys()].sort();
}

function standingOf(key: string, devices: readonly Device[], site: Site | null, was: Standing | undefined): Standing {
  const same = was?.devices.length === devices.length && devices.every((each, n) => was.devices[n] === each);
  if (same && PLACED_IN.get(was) === site) return was;
  const { x, y } = middle(devices, site);
  const now = same && was.x === x && was.y === y ? was : { key, x, y, devices };
  PLACED_IN.set(now, site);
  return now;
}

/** The spots alone; the same list while nobody moves, so that news of a device places nothing anew. */
export function spotsOf(now: ReadonlyMap<string, Standing>, before: readonly Spot[] = []): readonly Spot[] {
  let at = 0;
  let same = now.size === before.length;
  for (const { key, x, y } of now.values()) {
    if (!same) break;
    const was = before[at];
    same = was?.key === key && was.x === x && was.y === y;
    at += 1;
  }
  return same ? before : [...now.values()].map(({ key, x, y }) => ({ key, x, y }));
}

function middle(row: readonly Device[], site: Site | null): { x: number; y: number } {
  const places = row.flatMap((each) => placeOf(each, site) ?? []);
  const mean = (axis: "x" | "y"): number => places.reduce((sum, each) => sum + each[axis], 0) / places.length;
  return { x: mean("x"), y: mean("y") };
}
