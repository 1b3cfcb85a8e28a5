/** Which devices stand where on the wall, in an order that does not change with their states. Pure. */
import { DRIVER_KIND, keyOf } from "@/live/protocol";
import type { Device } from "@/live/protocol";

/** Ramp 2 before ramp 10, whatever language the browser speaks. */
const ORDER = new Intl.Collator("en", { numeric: true });

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
    .sort(([one], [other]) => (one === null ? 1 : other === null ? -1 : ORDER.compare(one, other)))
    .map(([id, members]) => ({ id, devices: members.sort((a, b) => ORDER.compare(keyOf(a), keyOf(b))) }));
}
