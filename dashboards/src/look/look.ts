/**
 * The one table from what is known to how it looks: state × freshness × fault → tone, icon, words.
 *
 * Colour is kept for what is not as it should be (high-performance HMI); it is never the only difference: each
 * look has an icon and a word too. What is not live never looks normal, whatever it last said.
 */
import type { Device, Property, Words } from "@/live/protocol";
import type { Freshness } from "./freshness";

/** From calm to grave. */
export const TONES = ["normal", "moving", "attention", "unknown", "alarm", "stale"] as const;
export type Tone = (typeof TONES)[number];

export type Icon =
  | "shut"
  | "open"
  | "rising"
  | "falling"
  | "halted"
  | "warning"
  | "question"
  | "offline"
  | "outdated"
  | "running"
  | "asleep"
  | "hand"
  | "fire"
  | "pin"
  | "car"
  | "beam"
  | "locked"
  | "unlocked"
  | "ajar"
  | "lens"
  | "blind"
  | "drop"
  | "spray"
  | "bell"
  | "eye"
  | "returned"
  | "paper"
  | "folded"
  | "wrench"
  | "speaker"
  | "muted"
  | "person"
  | "bolt"
  | "plug"
  | "flask"
  | "in"
  | "out"
  | "sun"
  | "half";

export interface Look {
  readonly tone: Tone;
  readonly icon: Icon;
  /** Key of the words. */
  readonly text: string;
  /** Key of the words that say why; null if there is nothing to say. */
  readonly detail: string | null;
  /** What the device itself calls it, where that says more than `text`. */
  readonly words?: Words | undefined;
}

export const GATE_STATES = ["closed", "opening", "open", "closing", "stopped", "fault", "unknown"] as const;
export type GateState = (typeof GATE_STATES)[number];

export const GATE_FAULTS = [
  "none",
  "motor-over-current",
  "limit-timeout",
  "obstruction",
  "loop-fault",
  "boom-broken",
] as const;

type Base = Pick<Look, "tone" | "icon">;

const GATE_LOOKS: Readonly<Record<GateState, Base>> = {
  closed: { tone: "normal", icon: "shut" },
  opening: { tone: "moving", icon: "rising" },
  open: { tone: "normal", icon: "open" },
  closing: { tone: "moving", icon: "falling" },
  stopped: { tone: "attention", icon: "halted" },
  fault: { tone: "alarm", icon: "warning" },
  unknown: { tone: "unknown", icon: "question" },
};

const NOT_LIVE_LOOKS: Readonly<Record<Exclude<Freshness, "live">, Base>> = {
  outdated: { tone: "stale", icon: "outdated" },
  "device-offline": { tone: "stale", icon: "offline" },
  "driver-offline": { tone: "stale", icon: "offline" },
  "link-offline": { tone: "stale", icon: "offline" },
  "cut-off": { tone: "stale", icon: "offline" },
  unknown: { tone: "unknown", icon: "question" },
};

/** The look of a gate. A state that is missing or not in the table is unknown; a strange fault is a fault. */
export function gateLook(state: string | null, freshness: Freshness, fault: string | null): Look {
  if (freshness !== "live") return notLiveLook(freshness);
  const known = toGateState(state);
  const base = { ...GATE_LOOKS[known], text: `state.${known}` };
  if (isNoFault(fault)) return { ...base, detail: known === "fault" ? "fault.unnamed" : null };
  const detail = isGateFault(fault) ? `fault.${fault}` : "fault.other";
  return { ...base, tone: "alarm", icon: "warning", detail };
}

export function notLiveLook(freshness: Exclude<Freshness, "live">): Look {
  return { ...NOT_LIVE_LOOKS[freshness], text: `freshness.${freshness}`, detail: null };
}

/** The look of a device of any kind, from the words that all families share. */
export function thingLook(device: Device, freshness: Freshness): Look {
  if (freshness !== "live") return notLiveLook(freshness);
  if (Object.keys(device.properties).length === 0) {
    return { tone: "unknown", icon: "question", text: "freshness.unknown", detail: null };
  }
  const state = trusted(device.properties["state"]);
  const fault = trusted(device.properties["fault"]);
  const text = typeof state === "string" ? `state.${state}` : "state.online";
  if (!isNoFault(fault)) return { tone: "alarm", icon: "warning", text, detail: faultKey(fault) };
  if (state === "fault") return { tone: "alarm", icon: "warning", text, detail: "fault.unnamed" };
  if (state === "unknown" || (device.properties["state"] && state === null)) {
    return { tone: "unknown", icon: "question", text: "state.unknown", detail: null };
  }
  if (device.availability.status === "sleeping") {
    return { tone: "normal", icon: "asleep", text: "state.sleeping", detail: null };
  }
  return { tone: "normal", icon: "running", text, detail: null };
}

/** A property's value, or null if it is missing, stale or called bad: then it is not known. */
export function trusted(property: Property | undefined): Property["value"] {
  return property === undefined || property.stale || property.quality === "bad" ? null : property.value;
}

/** The graver of tones wins. */
export function gravest(...tones: readonly Tone[]): Tone {
  return TONES[Math.max(0, ...tones.map((tone) => TONES.indexOf(tone)))] ?? "unknown";
}

function toGateState(state: string | null): GateState {
  return GATE_STATES.find((known) => known === state) ?? "unknown";
}

function isNoFault(fault: Property["value"]): boolean {
  return fault === null || fault === "none" || fault === "" || fault === false || fault === 0;
}

function isGateFault(fault: string | null): boolean {
  return GATE_FAULTS.some((known) => known === fault);
}

function faultKey(fault: Property["value"]): string {
  return typeof fault === "string" ? `fault.${fault}` : "fault.unnamed";
}
