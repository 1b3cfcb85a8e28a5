/**
 * What the hub sends on `GET /api/v1/live`, and the devices and events in it.
 *
 * Times are RFC 3339 UTC with milliseconds. Words that a newer hub or driver may add stay plain strings: the
 * look of an unknown word is decided in `src/look`, never here.
 */

import type { AlarmView, Canary, Duty } from "./alarms";
import type { PassCounts } from "./passes";

/** A text in each language: `{"zh-CN": …, "en": …}`. */
export type Words = Readonly<Record<string, string>>;

export type Scalar = boolean | number | string | null;

export interface Property {
  readonly value: Scalar;
  readonly unit: string | null;
  readonly quality: "good" | "uncertain" | "bad";
  /** The device's own time. */
  readonly ts: string;
  readonly stale: boolean;
  /** The name the device gives it; without one the page's own words or the bare name are shown. */
  readonly title?: Words;
}

/** The kind of the devices that are driver hosts. */
export const DRIVER_KIND = "driver";

/** The kind under which the hub speaks of itself; it is not among the devices. */
export const HUB_KIND = "hub";

export const CONNECTIVITIES = [
  "online",
  "device-offline",
  "driver-offline",
  "link-offline",
  "unknown",
] as const;
export type Connectivity = (typeof CONNECTIVITIES)[number];

export interface Device {
  readonly site: string;
  readonly kind: string;
  readonly device: string;
  readonly tenant: string;
  readonly title: Words;
  readonly model: string | null;
  readonly driver: string | null;
  readonly location: {
    readonly area: string;
    readonly floor: number;
    readonly x: number | null;
    readonly y: number | null;
  } | null;
  readonly availability: {
    readonly status: string;
    readonly ts: string | null;
    readonly reason: string | null;
  };
  readonly connectivity: Connectivity;
  readonly properties: Readonly<Record<string, Property>>;
  readonly actions: readonly string[];
  readonly events_missed: number;
  readonly boots: number;
  readonly last_event: {
    readonly type: string;
    readonly time: string;
    /** The name the device gives it. */
    readonly title?: Words;
  } | null;
  readonly version: number;
}

export interface HubEvent {
  readonly seq: number;
  readonly site: string;
  readonly kind: string;
  readonly device: string;
  readonly type: string;
  readonly time: string;
  readonly data: Readonly<Record<string, unknown>>;
}

export interface Process {
  readonly name: string;
  readonly restarts: number;
  readonly since: string | null;
  readonly state?: string;
  readonly last_exit?: string | null;
}

export interface Site {
  readonly id: string;
  readonly title: Words;
  /** Names of the areas that devices stand in, by area id. */
  readonly areas?: Readonly<Record<string, Words>>;
  /** IANA name: the time is told by it. */
  readonly timezone?: string;
  /** What the site file says of the wall screen. */
  readonly wall?: SiteWall | null;
  /** In their order; the first one is the whole site. */
  readonly plans?: readonly Plan[];
  /** Where people placed devices, by device: plan, x and y from 0 to 1. */
  readonly placements?: Readonly<Record<string, readonly [plan: string, x: number, y: number]>>;
}

export interface Plan {
  readonly id: string;
  readonly title: Words;
  /** Null: outdoors. */
  readonly building: Words | null;
  /** As lifts show it. */
  readonly floor: string | null;
  /** Where its picture is; null: it has none. */
  readonly picture: string | null;
  readonly width: number | null;
  readonly height: number | null;
}

/** `seams`: panels of the picture, columns by rows (`2x2`). */
export interface SiteWall {
  readonly height_mm: number;
  readonly distance_m: number;
  readonly seams?: string;
}

export type Link = "online" | "offline";

export interface Snapshot {
  readonly type: "snapshot";
  readonly stream: string;
  readonly cursor: number;
  readonly ts: string;
  readonly heartbeat_s: number;
  readonly cut_off_after_s: number;
  readonly site: Site;
  readonly link: Link;
  readonly devices: readonly Device[];
  readonly processes?: readonly Process[];
  /** The open ones. */
  readonly alarms?: readonly AlarmView[];
  readonly duty?: readonly Duty[];
  readonly canary?: Canary | null;
  /** Null until they are counted. */
  readonly passes?: PassCounts | null;
  readonly tests?: readonly TestRun[];
}

/** A commissioning test that runs: until then alarms of the device are marked as a test, and shown all the same. */
export interface TestRun {
  readonly id: string;
  readonly device: string;
  readonly title: Words;
  readonly who: string;
  readonly started: string;
  readonly until: string;
}

export interface Changes {
  readonly type: "changes";
  readonly cursor: number;
  readonly ts: string;
  readonly devices?: readonly Device[];
  /** Keys `site/kind/device` of devices that are gone. */
  readonly removed?: readonly string[];
  readonly events?: readonly HubEvent[];
  readonly site?: Site;
  readonly link?: Link;
  readonly processes?: readonly Process[];
  /** Those that changed; one that is closed is gone from the list. */
  readonly alarms?: readonly AlarmView[];
  readonly duty?: readonly Duty[];
  readonly canary?: Canary | null;
  readonly passes?: PassCounts | null;
  readonly tests?: readonly TestRun[];
}

export interface Heartbeat {
  readonly type: "heartbeat";
  readonly cursor: number;
  readonly ts: string;
}

export type Frame = Snapshot | Changes | Heartbeat;

/** Close code: nobody is signed in, or the sign-in ended. */
export const NOT_SIGNED_IN = 4401;

/** Close code: whoever is signed in may not see devices. */
export const NOT_ALLOWED = 4403;

/** What a client sends to be given a snapshot. */
export const ASK_FOR_SNAPSHOT = JSON.stringify({ type: "snapshot" });

const FRAME_TYPES: ReadonlySet<unknown> = new Set(["snapshot", "changes", "heartbeat"]);

/** Read a text frame; null if it is not one we know. */
export function parseFrame(text: string): Frame | null {
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch {
    return null;
  }
  if (typeof parsed !== "object" || parsed === null) return null;
  const frame = parsed as Partial<Frame>;
  const known = FRAME_TYPES.has(frame.type) && Number.isInteger(frame.cursor);
  if (!known || Number.isNaN(Date.parse(frame.ts ?? ""))) return null;
  if (frame.type === "snapshot" && !Array.isArray(frame.devices)) return null;
  return frame as Frame;
}

/** The key of a device everywhere: `site/kind/device`. */
export function keyOf(named: Pick<Device, "site" | "kind" | "device">): string {
  return `${named.site}/${named.kind}/${named.device}`;
}
