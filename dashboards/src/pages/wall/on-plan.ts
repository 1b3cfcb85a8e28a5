/** What stands where on one plan: devices by themselves, or a row of them as one. Pure. */
import { placeOf } from "@/live/plans";
import { keyOf } from "@/live/protocol";
import type { Device, Site } from "@/live/protocol";
import { rowOf } from "./groups";
import type { Spot } from "./spread";

export interface Standing extends Spot {
  readonly devices: readonly Device[];
}

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
    const key = (inRows ? rowOf(device) : null) ?? keyOf(device);
    const row = rows.get(key);
    if (row === undefined) rows.set(key, [device]);
    else row.push(device);
  }
  const now = new Map<string, Standing>();
  for (const [key, row] of [...rows].sort(([one], [other]) => (one < other ? -1 : 1))) {
    const { x, y } = middle(row, site);
    const was = before.get(key);
    const same = was?.x === x && was.y === y && was.devices.length === row.length;
    now.set(key, same && row.every((each, n) => was.devices[n] === each) ? was : { key, x, y, devices: row });
  }
  return now;
}

/** The spots alone; the same list while nobody moves, so that news of a device places nothing anew. */
export function spotsOf(now: ReadonlyMap<string, Standing>, before: readonly Spot[] = []): readonly Spot[] {
  const spots = [...now.values()].map(({ key, x, y }) => ({ key, x, y }));
  const same = spots.length === before.length && spots.every(
    ({ key, x, y }, n) => before[n]?.key === key && before[n].x === x && before[n].y === y,
  );
  return same ? before : spots;
}

function middle(row: readonly Device[], site: Site | null): { x: number; y: number } {
  const places = row.flatMap((each) => placeOf(each, site) ?? []);
  const mean = (axis: "x" | "y"): number => places.reduce((sum, each) => sum + each[axis], 0) / places.length;
  return { x: mean("x"), y: mean("y") };
}
