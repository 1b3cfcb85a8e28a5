/** Which devices stand in which pane, and how many there was no room for. Pure. */
import { keyOf } from "@/live/protocol";
import type { Device } from "@/live/protocol";
import type { Block, DenseLayout } from "./dense";
import type { Group } from "./groups";
import { chosen } from "./pack";
import type { Packed } from "./pack";

export interface Shown {
  /** What stands in each pane: groups, or parts of them. */
  readonly panes: readonly (readonly Group[])[];
  readonly hidden: readonly Device[];
}

/** A group as it is packed: a row of cells begins with its name. */
export function blockOf({ devices, rows }: Group): Block {
  return { tiles: rows.length === 0 ? devices.length : 0, rows: rows.map((row) => 1 + row.devices.length) };
}

/** `needs`: keys of the devices that need a person; they come first where not all have a place. */
export function shownIn(groups: readonly Group[], packed: Packed & Pick<DenseLayout, "columns">, needs: ReadonlySet<string>): Shown {
  const kept = groups.map((group, at) => withRoom(group, (packed.shown[at] ?? 0), packed.columns, needs));
  const panes = packed.panes.map((parts) =>
    parts.map(({ block, from, until }) => partOf(kept[block] as Group, from, until, packed.columns)),
  );
  const shown = new Set(kept.flatMap(({ devices }) => devices.map(keyOf)));
  return { panes, hidden: groups.flatMap(({ devices }) => devices.filter((device) => !shown.has(keyOf(device)))) };
}

function withRoom(group: Group, lines: number, columns: number, needs: ReadonlySet<string>): Group {
  const { kind, devices, rows } = group;
  if (rows.length === 0) return { kind, devices: chosen(devices, lines * columns, (each) => needs.has(keyOf(each))), rows };
  const kept = chosen(rows, lines, (row) => row.devices.some((each) => needs.has(keyOf(each))));
  return { kind, devices: kept.flatMap((row) => row.devices), rows: kept };
}

function partOf({ kind, devices, rows }: Group, from: number, until: number, columns: number): Group {
  const part = rows.slice(from, until);
  if (rows.length > 0) return { kind, devices: part.flatMap((row) => row.devices), rows: part };
  return { kind, devices: devices.slice(from * columns, until * columns), rows };
}
