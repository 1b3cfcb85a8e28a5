/** Facts that stand beside a state as small badges: property → tone, icon. The words are `badge.{property}`. */
import type { Device } from "@/live/protocol";
import type { Icon, Tone } from "./look";
import { trusted } from "./look";

export interface Badge {
  readonly property: string;
  readonly tone: Tone;
  readonly icon: Icon;
}

/** In the order they are shown: gravest first. */
export const BADGES: readonly Badge[] = [
  { property: "fire", tone: "alarm", icon: "fire" },
  { property: "emergency-stop", tone: "alarm", icon: "halted" },
  { property: "leak", tone: "alarm", icon: "drop" },
  { property: "tamper", tone: "attention", icon: "warning" },
  { property: "power-fault", tone: "attention", icon: "warning" },
  { property: "dry-pipe", tone: "attention", icon: "drop" },
  { property: "low-battery", tone: "attention", icon: "warning" },
  { property: "silenced", tone: "attention", icon: "bell" },
  { property: "manual", tone: "attention", icon: "hand" },
  { property: "held-open", tone: "attention", icon: "pin" },
  { property: "waiting", tone: "attention", icon: "car" },
  { property: "vehicle-under-boom", tone: "normal", icon: "car" },
  { property: "vehicle-approaching", tone: "normal", icon: "car" },
  { property: "testing", tone: "moving", icon: "bell" },
  { property: "previewing", tone: "normal", icon: "eye" },
  { property: "presence", tone: "normal", icon: "hand" },
  { property: "raining", tone: "normal", icon: "drop" },
  { property: "beam-broken", tone: "normal", icon: "beam" },
];

/** The badges of what is true and may be trusted. */
export function badgesOf(device: Device): readonly Badge[] {
  return BADGES.filter(({ property }) => trusted(device.properties[property]) === true);
}

/** Whether some value that is not stale is still not to be relied on. */
export function isDoubtful(device: Device): boolean {
  return Object.values(device.properties).some((property) => !property.stale && property.quality === "uncertain");
}
