/** What the wall knows, and how each frame changes it. Pure. */
import type { AlarmView, Canary, Duty } from "./alarms";
import type { PassCounts } from "./passes";
import { HUB_KIND, keyOf } from "./protocol";
import type { Changes, Device, Frame, HubEvent, Link, Process, Site, Snapshot, TestRun } from "./protocol";

export const EVENTS_KEPT = 30;

/** One line of the ticker: `seq` is null for what was read from a device's own last event. */
export interface TickerEvent {
  readonly seq: number | null;
  readonly device: string;
  readonly type: string;
  readonly time: string;
}

export interface LiveState {
  /** Run of the hub that the cursor belongs to; null before the first snapshot. */
  readonly stream: string | null;
  readonly cursor: number;
  /** Whether every frame up to the hub's newest is in here; false after a gap, until a snapshot. */
  readonly whole: boolean;
  readonly cutOffAfterS: number;
  readonly site: Site | null;
  readonly link: Link;
  /** The hub's time when the link was seen to change, ms since 1970; null if it was so from the start. */
  readonly linkSinceMs: number | null;
  readonly devices: ReadonlyMap<string, Device>;
  readonly processes: readonly Process[];
  /** The open ones, by id. */
  readonly alarms: ReadonlyMap<string, AlarmView>;
  /** Null if the hub knows of no posts. */
  readonly duty: readonly Duty[] | null;
  readonly canary: Canary | null;
  /** Vehicles inside and passes of today; null until they are counted. */
  readonly passes: PassCounts | null;
  /** Which devices are being tested. */
  readonly tests: readonly TestRun[];
  /** Newest first. */
  readonly events: readonly TickerEvent[];
  /** The hub's time of the last frame taken, ms since 1970. */
  readonly hubMs: number;
}

export const NOTHING_YET: LiveState = {
  stream: null,
  cursor: 0,
  whole: false,
  cutOffAfterS: 3,
  site: null,
  link: "offline",
  linkSinceMs: null,
  devices: new Map(),
  processes: [],
  alarms: new Map(),
  duty: null,
  canary: null,
  passes: null,
  tests: [],
  events: [],
  hubMs: 0,
};

/** Take a frame. If the result is not `whole`, a snapshot is needed. */
export function apply(frame: Frame, state: LiveState): LiveState {
  if (frame.type === "snapshot") return fromSnapshot(frame, state);
  if (!state.whole) return state;
  const expected = frame.type === "changes" ? state.cursor + 1 : state.cursor;
  if (frame.cursor !== expected) return { ...state, whole: false };
  const beat = { ...state, cursor: frame.cursor, hubMs: Date.parse(frame.ts) };
  return frame.type === "changes" ? withChanges(frame, beat) : beat;
}

function fromSnapshot(frame: Snapshot, before: LiveState): LiveState {
  const sameRun = before.stream === frame.stream;
  return {
    stream: frame.stream,
    cursor: frame.cursor,
    whole: true,
    cutOffAfterS: frame.cut_off_after_s,
    site: frame.site,
    link: frame.link,
    linkSinceMs: sameRun && before.link === frame.link ? before.linkSinceMs : null,
    devices: new Map(frame.devices.map((device) => [keyOf(device), device])),
    processes: frame.processes ?? [],
    alarms: withAlarms(new Map(), frame.alarms ?? []),
    duty: frame.duty ?? null,
    canary: frame.canary ?? null,
    passes: frame.passes ?? null,
    tests: frame.tests ?? [],
    events: mergeEvents(sameRun ? before.events : [], frame.devices.flatMap(lastEvent)),
    hubMs: Date.parse(frame.ts),
  };
}

function withChanges(frame: Changes, state: LiveState): LiveState {
  return {
    ...state,
    ...withLink(frame.link ?? state.link, state),
    site: frame.site ?? state.site,
    devices: withDevices(state.devices, frame),
    processes: frame.processes ?? state.processes,
    alarms: withAlarms(state.alarms, frame.alarms ?? []),
    duty: frame.duty ?? state.duty,
    canary: frame.canary === undefined ? state.canary : frame.canary,
    passes: frame.passes === undefined ? state.passes : frame.passes,
    tests: frame.tests ?? state.tests,
    events: mergeEvents(state.events, ofDevices(frame.events ?? []).map(fromHub)),
  };
}

function withLink(link: Link, state: LiveState): Pick<LiveState, "link" | "linkSinceMs"> {
  return { link, linkSinceMs: link === state.link ? state.linkSinceMs : state.hubMs };
}

function withDevices(devices: ReadonlyMap<string, Device>, frame: Changes): ReadonlyMap<string, Device> {
  const changed = frame.devices ?? [];
  const removed = frame.removed ?? [];
  if (changed.length === 0 && removed.length === 0) return devices;
  const next = new Map(devices);
  for (const device of changed) next.set(keyOf(device), device);
  for (const key of removed) next.delete(key);
  return next;
}

function withAlarms(alarms: ReadonlyMap<string, AlarmView>, changed: readonly AlarmView[]): ReadonlyMap<string, AlarmView> {
  if (changed.length === 0) return alarms;
  const next = new Map(alarms);
  for (const alarm of changed) {
    if (alarm.closed === null) next.set(alarm.id, alarm);
    else next.delete(alarm.id);
  }
  return next;
}

/** Without the hub's own: how its test alarm came through is said beside the alarms. */
function ofDevices(events: readonly HubEvent[]): readonly HubEvent[] {
  return events.filter(({ kind }) => kind !== HUB_KIND);
}

function fromHub(event: HubEvent): TickerEvent {
  return { seq: event.seq, device: keyOf(event), type: event.type, time: event.time };
}

function lastEvent(device: Device): TickerEvent[] {
  if (device.last_event === null) return [];
  return [{ seq: null, device: keyOf(device), ...device.last_event }];
}

/** One happening may arrive twice: as an event with its number, and as its device's last event. */
function mergeEvents(kept: readonly TickerEvent[], more: readonly TickerEvent[]): readonly TickerEvent[] {
  if (more.length === 0) return kept;
  const byKey = new Map([...kept, ...more].map((event) => [eventKey(event), event]));
  const all = [...byKey.values()];
  const numbered = new Set(all.filter((event) => event.seq !== null).map(happening));
  return all
    .filter((event) => event.seq !== null || !numbered.has(happening(event)))
    .sort(newestFirst)
    .slice(0, EVENTS_KEPT);
}

/** What tells two lines of the ticker apart. */
export function eventKey(event: TickerEvent): string {
  return event.seq === null ? happening(event) : `#${event.seq}`;
}

function happening(event: TickerEvent): string {
  return `${event.device} ${event.type} ${event.time}`;
}

function newestFirst(a: TickerEvent, b: TickerEvent): number {
  return Date.parse(b.time) - Date.parse(a.time) || (b.seq ?? 0) - (a.seq ?? 0);
}
