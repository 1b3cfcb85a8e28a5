/** Whether a device's values may be taken for live; if not, what broke and since when. Pure. */
import { DRIVER_KIND } from "@/live/protocol";
import type { Device, Link } from "@/live/protocol";

export const FRESHNESSES = [
  "live",
  "outdated",
  "device-offline",
  "driver-offline",
  "link-offline",
  "cut-off",
  "unknown",
] as const;
export type Freshness = (typeof FRESHNESSES)[number];

/** What lies between the device and this screen. */
export interface Path {
  /** Wall time of the last proof, ms since 1970, if this screen is cut off from the hub. */
  readonly cutOffSinceMs: number | null;
  readonly link: Link;
  readonly linkSinceMs: number | null;
  readonly driver: Device | null;
}

/** The break nearest to the viewer is named: what lies behind it is not known. */
export function freshnessOf(device: Device, path: Path): Freshness {
  if (path.cutOffSinceMs !== null) return "cut-off";
  if (path.link === "offline") return "link-offline";
  switch (device.connectivity) {
    case "online":
      return Object.values(device.properties).some((property) => property.stale) ? "outdated" : "live";
    case "device-offline":
    case "driver-offline":
    case "link-offline":
      return device.connectivity;
    default:
      return "unknown";
  }
}

/** Since when it is not live, ms since 1970; null where nobody can tell. */
export function notLiveSince(device: Device, freshness: Freshness, path: Path): number | null {
  switch (freshness) {
    case "live":
      return null;
    case "cut-off":
      return path.cutOffSinceMs;
    case "link-offline":
      return path.linkSinceMs ?? lastHeard(device);
    case "driver-offline":
      return latest(path.driver && hostSince(path.driver), lastHeard(device)) ?? goneSince(device);
    default:
      return device.kind === DRIVER_KIND ? hostSince(device) : (goneSince(device) ?? lastHeard(device));
  }
}

/**
 * That a driver host is lost was written by itself, when it connected, for the broker to publish (its MQTT will):
 * the time in it says nothing of when it was lost. Whatever was heard from it later was before that.
 */
function hostSince(host: Device): number | null {
  return latest(goneSince(host), lastHeard(host));
}

/** The device's own time of its state, or of its newest value, ms since 1970. */
export function lastHeard(device: Device): number | null {
  const state = device.properties["state"];
  const times = state ? [state] : Object.values(device.properties);
  return times.length === 0 ? null : Math.max(...times.map((property) => Date.parse(property.ts)));
}

function latest(...times: readonly (number | null)[]): number | null {
  const known = times.filter((time) => time !== null);
  return known.length === 0 ? null : Math.max(...known);
}

function goneSince({ availability }: Device): number | null {
  const gone = availability.status === "lost" || availability.status === "disconnected";
  return gone && availability.ts !== null ? Date.parse(availability.ts) : null;
}
