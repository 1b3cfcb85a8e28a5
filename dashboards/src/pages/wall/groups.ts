/** Devices by kind, for a wall that has too many of them for cards. Pure. */
import { KIND_ORDER } from "@/components/glance";
import { DRIVER_KIND, keyOf } from "@/live/protocol";
import type { Device } from "@/live/protocol";

const ORDER = new Intl.Collator("en", { numeric: true });

export interface Group {
  readonly kind: string;
  readonly devices: readonly Device[];
  /** Where a kind comes in rows, such as the sockets of a post: the same devices, row by row. Else empty. */
  readonly rows: readonly Row[];
}

export interface Row {
  readonly id: string;
  readonly devices: readonly Device[];
}

interface Order {
  readonly kind: string;
  readonly keys: readonly string[];
  readonly rows: readonly { readonly id: string; readonly keys: readonly string[] }[];
}

/** Kinds of which many alike stand side by side under one name, with a number each. */
const IN_ROWS: ReadonlySet<string> = new Set(["charger"]);

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
    .map(([kind, members]) => ({ kind, devices: members.sort(compare), rows: IN_ROWS.has(kind) ? rowsOf(members) : [] }));
}

/** As `byKind`; sorts only where devices came, went or moved to another area: their states change all the time. */
export function keepingOrder(): (devices: ReadonlyMap<string, Device>) => readonly Group[] {
  let areas: ReadonlyMap<string, string | undefined> = new Map();
  let order: readonly Order[] = [];
  return (devices) => {
    if (!standsAsIn(areas, devices)) {
      areas = new Map([...devices].map(([key, { location }]) => [key, location?.area]));
      order = byKind(devices.values()).map((group) => ({
        kind: group.kind,
        keys: group.devices.map(keyOf),
        rows: group.rows.map((row) => ({ id: row.id, keys: row.devices.map(keyOf) })),
      }));
    }
    const found = (keys: readonly string[]): readonly Device[] => keys.flatMap((key) => devices.get(key) ?? []);
    return order.map(({ kind, keys, rows }) => ({
      kind,
      devices: found(keys),
      rows: rows.map((row) => ({ id: row.id, devices: found(row.keys) })),
    }));
  };
}

/** The number that a device's id ends with: what it is called within its row. */
export function numberOf({ device }: Device): string {
  return /\d+$/.exec(device)?.[0] ?? device;
}

/** What all titles of a row begin with: "车棚A柜", "E-bike shed, box A"; empty if they have nothing in common. */
export function nameOf(titles: readonly string[]): string {
  const [first = "", ...others] = titles;
  let length = first.length;
  for (const title of others) while (!title.startsWith(first.slice(0, length))) length -= 1;
  const shared = first.slice(0, length).replace(/\d+[^\d]*$/, "");
  return (titles.length > 1 ? shared : first).replace(/,[^,]*$/, "").trim();
}

/** What all devices of a row have in common; null for a device that stands alone. */
export function rowOf({ site, kind, device, location }: Device): string | null {
  return IN_ROWS.has(kind) ? [site, kind, location?.area ?? "", device.replace(/-?\d+$/, "")].join("/") : null;
}

function rowsOf(devices: readonly Device[]): readonly Row[] {
  const rows = new Map<string, Device[]>();
  for (const device of devices) {
    const id = rowOf(device) ?? keyOf(device);
    rows.set(id, [...(rows.get(id) ?? []), device]);
  }
  return [...rows.entries()].map(([id, members]) => ({ id, devices: members }));
}

function standsAsIn(areas: ReadonlyMap<string, string | undefined>, devices: ReadonlyMap<string, Device>): boolean {
  if (areas.size !== devices.size) return false;
  for (const [key, { location }] of devices) if (!areas.has(key) || areas.get(key) !== location?.area) return false;
  return true;
}

function rank(kind: string): number {
  const at = KIND_ORDER.indexOf(kind);
  return at < 0 ? KIND_ORDER.length : at;
}

function compare(one: Device, other: Device): number {
  const [area = "~", otherArea = "~"] = [one.location?.area, other.location?.area];
  return (area === otherArea ? 0 : ORDER.compare(area, otherArea)) || ORDER.compare(keyOf(one), keyOf(other));
}
