/**
 * How the devices of each family look that has a card of its own: what they say → tone, icon, words. Pure tables.
 *
 * A word that is not in its table, and a value that is missing or not to be trusted, looks unknown, never calm.
 */
import type { Device, Scalar } from "@/live/protocol";
import type { Freshness } from "./freshness";
import { notLiveLook, trusted } from "./look";
import type { Icon, Look, Tone } from "./look";

type Base = readonly [tone: Tone, icon: Icon];

const UNKNOWN: Look = { tone: "unknown", icon: "question", text: "state.unknown", detail: null };

export const DOOR_LOOKS: Readonly<Record<string, Base>> = {
  closed: ["normal", "locked"],
  unlocked: ["moving", "unlocked"],
  open: ["moving", "ajar"],
  forced: ["alarm", "warning"],
  "held-open": ["attention", "ajar"],
};

/** What a person should know of a gate whatever its state, the foremost first: residents are not let in by themselves. */
export const GATE_CONCERNS = [
  { property: "plate-camera", is: "silent", detail: "gate.camera-silent" },
  { property: "list", is: "none", detail: "gate.no-list" },
] as const;

/** What a person should know of a door whatever its state, the foremost first. */
export const DOOR_CONCERNS = [
  { property: "mode", is: "held-unlocked", detail: "door.kept-unlocked" },
  { property: "secure-channel", is: false, detail: "door.insecure" },
  { property: "access-list", is: "broken", detail: "door.list-broken" },
  { property: "access-list", is: "none", detail: "door.no-list" },
  { property: "list", is: "none", detail: "door.no-list" },
] as const;

export const PICTURE_LOOKS: Readonly<Record<string, Base>> = {
  ok: ["normal", "lens"],
  "no-signal": ["alarm", "offline"],
  stalled: ["alarm", "halted"],
  frozen: ["alarm", "halted"],
  black: ["alarm", "blind"],
  covered: ["alarm", "blind"],
  "out-of-focus": ["attention", "blind"],
  moved: ["attention", "warning"],
};

export const ZONE_LOOKS: Readonly<Record<string, Base>> = {
  closed: ["normal", "drop"],
  opening: ["moving", "rising"],
  watering: ["moving", "spray"],
  closing: ["moving", "falling"],
  leaking: ["alarm", "warning"],
  fault: ["alarm", "warning"],
};

/** What keeps a zone from watering, and how much that is a person's business. */
export const LOCKOUT_TONES: Readonly<Record<string, Tone>> = {
  none: "normal",
  off: "normal",
  rain: "normal",
  frost: "normal",
  "hold-off": "normal",
  "weather-unknown": "attention",
  "soil-unknown": "attention",
  "dry-pipe": "attention",
  leak: "alarm",
  fault: "alarm",
};

export const CHARGER_LOOKS: Readonly<Record<string, Base>> = {
  available: ["normal", "running"],
  preparing: ["normal", "plug"],
  charging: ["moving", "bolt"],
  "suspended-ev": ["normal", "asleep"],
  "suspended-evse": ["normal", "halted"],
  finishing: ["normal", "returned"],
  reserved: ["normal", "pin"],
  unavailable: ["attention", "halted"],
  faulted: ["alarm", "warning"],
};

/** What forbids a charge. What the hub or a person has ordered, and a supply that is used up, is no danger. */
export const CHARGER_LOCK_TONES: Readonly<Record<string, Tone>> = {
  none: "normal",
  supply: "normal",
  "power-cut": "attention",
  "out-of-service": "attention",
  smoke: "alarm",
  heat: "alarm",
  flood: "alarm",
  "over-current": "alarm",
  fault: "alarm",
};

type FamilyLook = (device: Device) => Look;

const FAMILIES: Readonly<Record<string, FamilyLook>> = {
  door: doorLook,
  camera: (device) => byWord(PICTURE_LOOKS, "picture", word(device, "picture")),
  sprinkler: (device) => lockedLook(device, ZONE_LOOKS, "zone", LOCKOUT_TONES),
  charger: (device) => lockedLook(device, CHARGER_LOOKS, "charger", CHARGER_LOCK_TONES),
  sensor: sensorLook,
};

/** The look of a device whose family has a table here; null for all others. */
export function familyLook(device: Device, freshness: Freshness): Look | null {
  const look = FAMILIES[device.kind];
  if (look === undefined) return null;
  return freshness === "live" ? look(device) : notLiveLook(freshness);
}

/** Some terminals open a door and are told nothing of it: that they answer is all that can be said. */
const TERMINAL: Look = { tone: "normal", icon: "person", text: "door.terminal", detail: null };

function doorLook(device: Device): Look {
  const tells = "state" in device.properties || !("means" in device.properties);
  return withConcern(device, tells ? byWord(DOOR_LOOKS, "door", word(device, "state")) : TERMINAL, DOOR_CONCERNS);
}

interface Concern {
  readonly property: string;
  readonly is: Scalar;
  readonly detail: string;
}

/** The look with the foremost of what is not well, unless something graver is known. */
export function withConcern(device: Device, look: Look, concerns: readonly Concern[]): Look {
  if (look.tone === "alarm" || look.tone === "unknown") return look;
  const wrong = concerns.find(({ property, is }) => trusted(device.properties[property]) === is);
  return wrong === undefined ? look : { ...look, tone: "attention", detail: wrong.detail };
}

/** What has a state, perhaps a fault, and perhaps a lockout that says why it does not do what it is for. */
function lockedLook(
  device: Device,
  looks: Readonly<Record<string, Base>>,
  group: string,
  lockTones: Readonly<Record<string, Tone>>,
): Look {
  const look = byWord(looks, group, word(device, "state"));
  const fault = word(device, "fault");
  if (fault !== null && fault !== "none") return { ...look, tone: "alarm", icon: "warning", detail: `fault.${fault}` };
  const lockout = word(device, "lockout");
  if (lockout === null || lockout === "none") return look;
  return { ...look, tone: graver(look.tone, lockTones[lockout] ?? "attention"), detail: `lockout.${lockout}` };
}

/** A sensor says that something is so (`alarm`), or only measures. */
function sensorLook(device: Device): Look {
  if (Object.keys(device.properties).length === 0) return UNKNOWN;
  const { alarm, fault } = device.properties;
  const raised = trusted(alarm);
  if (raised === true) return { tone: "alarm", icon: "bell", text: "sensor.alarm", detail: null, words: alarm?.title };
  if (alarm !== undefined && raised !== false) return UNKNOWN;
  if (trusted(fault) === true) return { tone: "attention", icon: "warning", text: "sensor.fault", detail: null };
  if (alarm !== undefined) return { tone: "normal", icon: "running", text: "sensor.calm", detail: null };
  const known = Object.values(device.properties).some((property) => trusted(property) !== null);
  return known ? { tone: "normal", icon: "running", text: "sensor.measuring", detail: null } : UNKNOWN;
}

function byWord(looks: Readonly<Record<string, Base>>, group: string, said: string | null): Look {
  const base = said === null ? undefined : looks[said];
  if (base === undefined) return UNKNOWN;
  return { tone: base[0], icon: base[1], text: `${group}.${said}`, detail: null };
}

function word(device: Device, name: string): string | null {
  const value = trusted(device.properties[name]);
  return typeof value === "string" ? value : null;
}

function graver(one: Tone, other: Tone): Tone {
  return other === "normal" ? one : other;
}
