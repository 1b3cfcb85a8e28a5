/** Which devices stand where on the wall, in an order that does not change with their states. Pure. */
import { DRIVER_KIND, keyOf } from "@/live/protocol";
import type { Device } from "@/live/protocol";
import { fits } from "./layout";
import type { Room } from "./use-room";

/** So many cards below one another are as many as somebody scrolls through. */
const MOST_ON_A_SMALL_SCREEN = 12;
/** The margins around the cards, both sides together. */
export const MARGIN_WIDE_REM = 2;
export const MARGIN_HIGH_REM = 1.5;

/** Ramp 2 before ramp 10, whatever language the browser speaks. */
const ORDER = new Intl.Collator("en", { numeric: true });

export interface Area {
  /** Id of the area; null for devices that name none. */
  readonly id: string | null;
  readonly devices: readonly Device[];
}

/** Devices by area, areas and devices by id; those without an area come last. Driver hosts stand elsewhere. */
export function byArea(devices: Iterable<Device>): readonly Area[] {
  return inAreas(devices).map(([id, members]) => ({
    id,
    devices: members.sort((a, b) => ORDER.compare(keyOf(a), keyOf(b))),
  }));
}

/** The areas in order, their devices in none. */
function inAreas(devices: Iterable<Device>): readonly (readonly [id: string | null, devices: Device[]])[] {
  const areas = new Map<string | null, Device[]>();
  for (const device of devices) {
    if (device.kind === DRIVER_KIND) continue;
    const id = device.location?.area ?? null;
    const members = areas.get(id);
    if (members === undefined) areas.set(id, [device]);
    else members.push(device);
  }
  return [...areas.entries()].sort(([one], [other]) => (one === null ? 1 : other === null ? -1 : ORDER.compare(one, other)));
}

/** Whether every device can have a card, or the wall must be one of tiles. */
export function cardsFit(devices: Iterable<Device>, room: Pick<Room, "width" | "height">): boolean {
  const counts = inAreas(devices).map(([, members]) => members.length);
  if (!Number.isFinite(room.height)) return counts.reduce((sum, count) => sum + count, 0) <= MOST_ON_A_SMALL_SCREEN;
  return fits(counts, room.width - MARGIN_WIDE_REM, room.height - MARGIN_HIGH_REM);
}
