/** The markers of one plan: what stands at each, and what is said there. Pure but for what it remembers. */
import { computed } from "vue";
import type { ComputedRef } from "vue";
import type { AlarmView } from "@/live/alarms";
import { casesOf } from "@/live/cases";
import type { Device } from "@/live/protocol";
import type { LiveState } from "@/live/reducer";
import { calls } from "@/look/alarms";
import type { Path } from "@/look/freshness";
import type { Marked } from "./captions";
import type { Gathered } from "./crowd";
import { rowKey } from "./on-plan";
import type { Standing } from "./on-plan";
import { floorOf, gravity, isSaid, markLook, ofDevice, saidOf } from "./plan-look";
import type { MarkLook, Speaking } from "./plan-look";

export interface Mark {
  readonly key: string;
  /** From 0 to 1 over the plan. */
  readonly x: number;
  readonly y: number;
  /** Too many stand here for a marker each. */
  readonly group: boolean;
  readonly standings: readonly Standing[];
  readonly devices: readonly Device[];
  /** Their alarms that nobody has acknowledged, the gravest first. */
  readonly calling: readonly AlarmView[];
  readonly look: ComputedRef<MarkLook>;
}

const NONE: readonly AlarmView[] = [];
/** In rem, as in the styles of a marker. */
export const GROUP_WIDE = 4.25;
const ALARM_LARGER = 1.35;
const HANGING = 0.625;

/** `calling`: by where it stands. What is as it was `before` is the same object. */
export function marksOf(
  placed: readonly Gathered[],
  standings: ReadonlyMap<string, Standing>,
  calling: ReadonlyMap<string, readonly AlarmView[]>,
  pathTo: (device: Device) => Path,
  before: ReadonlyMap<string, Mark> = new Map(),
): ReadonlyMap<string, Mark> {
  const now = new Map<string, Mark>();
  for (const at of placed) {
    const there = at.members.flatMap((key) => standings.get(key) ?? []);
    if (there.length > 0) now.set(at.key, markOf(at, there, calling.get(at.key) ?? NONE, pathTo, before.get(at.key)));
  }
  return now;
}

function markOf(
  { key, x, y, members }: Gathered,
  standings: readonly Standing[],
  calling: readonly AlarmView[],
  pathTo: (device: Device) => Path,
  was: Mark | undefined,
): Mark {
  if (was?.x === x && was.y === y && isSame(was.standings, standings) && isSame(was.calling, calling)) return was;
  const devices = standings.flatMap((each) => each.devices);
  const look = computed(() => markLook(devices, pathTo, calling));
  return { key, x, y, group: members.length > 1, standings, devices, calling, look };
}

function isSame(one: readonly unknown[], other: readonly unknown[]): boolean {
  return one.length === other.length && one.every((each, n) => each === other[n]);
}

/** What calls, by where it stands. */
export function callingAt(placed: readonly Gathered[], { alarms, devices }: LiveState): ReadonlyMap<string, readonly AlarmView[]> {
  const listed = casesOf(alarms).listed.filter(({ alarm }) => calls(alarm));
  const found = new Map<string, AlarmView[]>();
  if (listed.length === 0) return found;
  const places = new Map(placed.flatMap(({ key, members }) => members.map((member) => [member, key] as const)));
  for (const { alarm } of listed) {
    const device = devices.get(ofDevice(alarm));
    const place = device === undefined ? undefined : places.get(rowKey(device));
    if (place !== undefined) found.set(place, [...(found.get(place) ?? []), alarm]);
  }
  return found;
}

/** What a mark needs of the plan, in rem; only what calls or is in alarm has words. */
export function markedOf(
  { key, x, y, group, devices, look: { value: look } }: Mark,
  box: { readonly wide: number; readonly high: number },
  marker: number,
  speech: Speaking,
): Marked & { readonly gravity: number } {
  const size = look.tone === "alarm" && !group ? marker * ALARM_LARGER : marker;
  const hangs = !group && (devices.length > 1 || floorOf(look.device, null) !== null);
  return {
    key,
    x: x * box.wide,
    y: y * box.high,
    wide: group ? GROUP_WIDE : size,
    high: size,
    under: hangs ? HANGING : 0,
    words: isSaid(look) ? saidOf(look, speech) : "",
    must: !group,
    gravity: gravity(look),
  };
}

export function gravestFirst(one: { readonly gravity: number; readonly key: string }, other: typeof one): number {
  return one.gravity - other.gravity || (one.key < other.key ? -1 : 1);
}
