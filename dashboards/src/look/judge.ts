/** What is to be said of one device: freshness, look, badges and the gravest tone of them. Pure. */
import type { Device } from "@/live/protocol";
import { badgesOf, isDoubtful } from "./badges";
import type { Badge } from "./badges";
import { freshnessOf, notLiveSince } from "./freshness";
import type { Freshness, Path } from "./freshness";
import { GATE_CONCERNS, familyLook, withConcern } from "./families";
import { gateLook, gravest, thingLook, trusted } from "./look";
import type { Look, Tone } from "./look";

export interface Judgement {
  readonly freshness: Freshness;
  readonly look: Look;
  readonly tone: Tone;
  /** Empty if the device is not live. */
  readonly badges: readonly Badge[];
  /** Some value is live, yet not to be relied on. */
  readonly doubtful: boolean;
  /** The hub's time since when it is not live, ms since 1970. */
  readonly sinceMs: number | null;
}

/** A device that says nothing new is judged once, however many ask, until the path to it changes. */
const LAST = new WeakMap<Device, { readonly path: Path; readonly judgement: Judgement }>();

export function judge(device: Device, path: Path): Judgement {
  const last = LAST.get(device);
  if (last !== undefined && isSame(last.path, path)) return last.judgement;
  const judgement = judgeAnew(device, path);
  LAST.set(device, { path, judgement });
  return judgement;
}

function isSame(one: Path, other: Path): boolean {
  return (
    one.cutOffSinceMs === other.cutOffSinceMs &&
    one.link === other.link &&
    one.linkSinceMs === other.linkSinceMs &&
    one.driver === other.driver
  );
}

function judgeAnew(device: Device, path: Path): Judgement {
  const freshness = freshnessOf(device, path);
  const look = lookOf(device, freshness);
  if (freshness !== "live") {
    const sinceMs = notLiveSince(device, freshness, path);
    return { freshness, look, tone: look.tone, badges: [], doubtful: false, sinceMs };
  }
  const badges = badgesOf(device);
  const doubtful = isDoubtful(device);
  const tone = gravest(look.tone, ...badges.map((badge) => badge.tone), doubtful ? "attention" : "normal");
  return { freshness, look, tone, badges, doubtful, sinceMs: null };
}

function lookOf(device: Device, freshness: Freshness): Look {
  if (device.kind === "gate") {
    const look = gateLook(trustedWord(device, "state"), freshness, trustedWord(device, "fault"));
    return freshness === "live" ? withConcern(device, look, GATE_CONCERNS) : look;
  }
  return familyLook(device, freshness) ?? thingLook(device, freshness);
}

/** A property that is a word and may be trusted, else null. */
export function trustedWord(device: Device, name: string): string | null {
  const value = trusted(device.properties[name]);
  return typeof value === "string" ? value : null;
}
