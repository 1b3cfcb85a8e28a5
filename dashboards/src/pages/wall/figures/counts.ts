/** What the wall counts of the devices it hears. Pure. */
import { DRIVER_KIND } from "@/live/protocol";
import type { Device } from "@/live/protocol";
import { freshnessOf } from "@/look/freshness";
import type { Freshness, Path } from "@/look/freshness";
import { trustedWord } from "@/look/judge";
import { trusted } from "@/look/look";
import type { Tone } from "@/look/look";

type PathTo = (device: Device) => Path;

/** How many are so, and how it looks that any are. */
export interface Count {
  readonly key: string;
  readonly count: number;
  readonly tone: Tone;
}

/** What doors are counted as; one may be two of them, such as open and released for fire. */
const DOORS: readonly (readonly [key: string, property: string, word: string, tone: Tone])[] = [
  ["open", "state", "open", "normal"],
  ["held", "state", "held-open", "attention"],
  ["forced", "state", "forced", "alarm"],
  ["released", "mode", "fire", "attention"],
  ["unlocked", "mode", "held-unlocked", "attention"],
];

/** Counts of the first kind are always told, the others where there are any; `unknown`: doors that are not heard. */
export function doorCounts(doors: readonly Device[], pathTo: PathTo): readonly Count[] {
  const heard = doors.filter((door) => isHeard(door, pathTo));
  const counts = DOORS.map(([key, property, word, tone]) => {
    const count = heard.filter((door) => trustedWord(door, property) === word).length;
    return { key, count, tone: count > 0 ? tone : "normal" } as const;
  });
  return [...counts.filter(({ key, count }) => count > 0 || key !== "unlocked"), ...unheard(doors.length - heard.length)];
}

/** Power in W, of the connectors that are heard. */
export interface Charging {
  readonly total: number;
  readonly inUse: number;
  readonly powerW: number;
  readonly unknown: number;
}

/** States in which a charge is under way. */
const CHARGES: ReadonlySet<string | null> = new Set(["charging", "suspended-ev", "suspended-evse"]);

export function charging(connectors: readonly Device[], pathTo: PathTo): Charging {
  const heard = connectors.filter((each) => isHeard(each, pathTo));
  const power = heard.map((each) => trusted(each.properties["power"]));
  return {
    total: connectors.length,
    inUse: heard.filter((each) => CHARGES.has(trustedWord(each, "state"))).length,
    powerW: power.reduce<number>((sum, each) => sum + (typeof each === "number" ? each : 0), 0),
    unknown: connectors.length - heard.length,
  };
}

/** Why devices are not ready, the nearest break first. */
export const REASONS = ["link-offline", "driver-offline", "device-offline", "outdated", "unknown"] as const;
export type Reason = (typeof REASONS)[number];

export interface Readiness {
  readonly total: number;
  readonly notReady: number;
  readonly reasons: readonly { readonly reason: Reason; readonly count: number }[];
}

export function readiness(devices: Iterable<Device>, pathTo: PathTo): Readiness {
  const found = new Map<Freshness, number>();
  let total = 0;
  for (const device of devices) {
    if (device.kind === DRIVER_KIND) continue;
    const freshness = freshnessOf(device, uncut(pathTo(device)));
    found.set(freshness, (found.get(freshness) ?? 0) + 1);
    total += 1;
  }
  const reasons = REASONS.flatMap((reason) => {
    const count = found.get(reason) ?? 0;
    return count === 0 ? [] : [{ reason, count }];
  });
  return { total, notReady: reasons.reduce((sum, { count }) => sum + count, 0), reasons };
}

function isHeard(device: Device, pathTo: PathTo): boolean {
  return freshnessOf(device, uncut(pathTo(device))) === "live";
}

/** As it was when this screen last heard: that a figure is not live any more is said of all of it. */
function uncut(path: Path): Path {
  return { ...path, cutOffSinceMs: null };
}

function unheard(count: number): readonly Count[] {
  return count === 0 ? [] : [{ key: "unknown", count, tone: "unknown" }];
}
