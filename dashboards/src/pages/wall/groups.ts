/** Devices by kind, for a wall that has too many of them for cards. Pure. */
import { KIND_ORDER } from "@/components/glance";
import { DRIVER_KIND, keyOf } from "@/live/protocol";
import type { Device } from "@/live/protocol";

const ORDER = new Intl.Collator("en", { numeric: true });

export interface Group {
  readonly kind: string;
  readonly devices: readonly Device[];
}

/** Kinds in their usual order, in each the devices by floor from below, area and id: never by state. */
export function byKind(devices: Iterable<Device>): readonly Group[] {
  const groups = new Map<string, Device[]>();
  for (const device of devices) {
    if (device.kind === DRIVER_KIND) continue;
    const members = groups.get(device.kind);
    if (members === undefined) groups.set(device.kind, [device]);
    else members.push(device);
  }
  return [...groups.entries()]
    .sort(([one], [other]) => rank(one) - rank(other) || ORDER.compare(one, other))
    .map(([kind, members]) => ({ kind, devices: members.sort(compare) }));
}

function rank(kind: string): number {
  const at = KIND_ORDER.indexOf(kind);
  return at < 0 ? KIND_ORDER.length : at;
}

function compare(one: Device, other: Device): number {
  return (
    ORDER.compare(one.location?.area ?? "~", other.location?.area ?? "~") ||
    ORDER.compare(keyOf(one), keyOf(other))
  );
}
