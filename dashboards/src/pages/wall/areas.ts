/** Which devices stand where on the wall, in an order that does not change with their states. Pure. */
import type { Device } from "@/live/protocol";
import { keyOf } from "@/live/protocol";

export const DRIVER_KIND = "driver";

export interface Area {
  /** Id of the area; null for devices that name none. */
  readonly id: string | null;
  readonly devices: readonly Device[];
}

/** Devices by area, areas and devices by id; those without an area come last. Driver hosts stand elsewhere. */
export function byArea(devices: Iterable<Device>): readonly Area[] {
  const areas = new Map<string | null, Device[]>();
  for (const device of devices) {
    if (device.kind === DRIVER_KIND) continue;
    const id = device.location?.area ?? null;
    const members = areas.get(id);
    if (members === undefined) areas.set(id, [device]);
    else members.push(device);
  }
  return [...areas.entries()]
    .sort(([one], [other]) => (one === null ? 1 : other === null ? -1 : one.localeCompare(other)))
    .map(([id, members]) => ({ id, devices: members.sort((a, b) => keyOf(a).localeCompare(keyOf(b))) }));
}

/** All lengths in rem. A card is about this much higher than a fixed share of its width. */
const NARROWEST = 17;
const WIDEST = 34;
const GAP = 0.75;
const HEADING = 2.5;
const cardHeight = (width: number): number => Math.max(11, 0.34 * width + 5);

/** Columns that make the cards as large as they can be with all of them on the screen; sizes in rem. */
export function columnsFor(counts: readonly number[], width: number, height: number): number {
  const most = Math.max(1, Math.floor((width + GAP) / (NARROWEST + GAP)));
  const least = Math.min(most, Math.max(1, Math.ceil((width + GAP) / (WIDEST + GAP))));
  for (let columns = least; columns < most; columns += 1) {
    if (heightOf(counts, columns, (width + GAP) / columns - GAP) <= height) return columns;
  }
  return most;
}

/** Areas stand side by side while they fit a row; a row is as high as its highest area. */
function heightOf(counts: readonly number[], columns: number, cardWidth: number): number {
  let used = columns;
  let total = 0;
  let highest = 0;
  for (const count of counts) {
    const span = Math.min(count, columns);
    if (used + span > columns) {
      total += highest;
      used = 0;
      highest = 0;
    }
    used += span;
    const rows = Math.ceil(count / columns);
    highest = Math.max(highest, HEADING + rows * (cardHeight(cardWidth) + GAP));
  }
  return total + highest;
}
