/**
 * How an alarm looks and sounds: priority × state × suppression, one total table.
 *
 * Each priority has a shape and a number of its own, each state a mark and a word: colour only hurries what these
 * say (high-performance HMI). Words never blink; of an alarm that nobody has acknowledged a small symbol does (CRIOP).
 */
import { ALARM_STATES, PRIORITIES, SUPPRESSIONS } from "@/live/alarms";
import type { AlarmState, AlarmView, Priority, Suppression } from "@/live/alarms";
import type { Icon } from "./look";

export const ALARM_TONES = ["critical", "high", "medium", "low", "resting"] as const;
export type AlarmTone = (typeof ALARM_TONES)[number];

export const SHAPES = ["octagon", "triangle", "diamond", "circle"] as const;
export type Shape = (typeof SHAPES)[number];

export interface AlarmLook {
  readonly tone: AlarmTone;
  readonly shape: Shape;
  /** Stands in the shape: 1 is the gravest. */
  readonly number: 1 | 2 | 3 | 4;
  /** The shape is solid while nobody has acknowledged, an outline afterwards. */
  readonly solid: boolean;
  /** Whether the shape, and nothing else, blinks. */
  readonly blink: boolean;
  /** Mark of the state. */
  readonly icon: Icon;
  /** Key of the state's word. */
  readonly text: string;
  /** Which pattern is heard while it is so; null: none. */
  readonly sound: Priority | null;
}

type OfPriority = Pick<AlarmLook, "shape" | "number">;
type OfState = Pick<AlarmLook, "solid" | "blink" | "icon"> & { readonly sounds: readonly Priority[] };

const BY_PRIORITY: Readonly<Record<Priority, OfPriority>> = {
  critical: { shape: "octagon", number: 1 },
  high: { shape: "triangle", number: 2 },
  medium: { shape: "diamond", number: 3 },
  low: { shape: "circle", number: 4 },
};

const BY_STATE: Readonly<Record<AlarmState, OfState>> = {
  unacknowledged: { solid: true, blink: true, icon: "bell", sounds: PRIORITIES },
  // It is over, and still nobody knows of it: what was grave goes on calling.
  "returned-unacknowledged": { solid: true, blink: true, icon: "returned", sounds: ["critical", "high"] },
  acknowledged: { solid: false, blink: false, icon: "running", sounds: [] },
  normal: { solid: false, blink: false, icon: "paper", sounds: [] },
};

const HIDDEN: Readonly<Record<Exclude<Suppression, "none">, Icon>> = {
  shelved: "asleep",
  "suppressed-by-design": "folded",
  "out-of-service": "wrench",
};

/** The look of every combination. */
export function lookFor(priority: Priority, state: AlarmState, suppression: Suppression): AlarmLook {
  const shape = BY_PRIORITY[priority];
  const { sounds, ...seen } = BY_STATE[state];
  if (suppression !== "none") {
    const hidden = { tone: "resting", solid: false, blink: false, sound: null } as const;
    return { ...shape, ...hidden, icon: HIDDEN[suppression], text: `suppression.${suppression}` };
  }
  const sound = sounds.includes(priority) ? priority : null;
  return { ...shape, ...seen, tone: priority, text: `alarmState.${state}`, sound };
}

/** The look of an alarm. A word that is not in the table is taken for the gravest there is. */
export function alarmLook(alarm: Pick<AlarmView, "priority" | "state" | "suppression">): AlarmLook {
  return lookFor(priorityOf(alarm), stateOf(alarm), suppressionOf(alarm));
}

export function priorityOf({ priority }: Pick<AlarmView, "priority">): Priority {
  return PRIORITIES.find((known) => known === priority) ?? "critical";
}

export function stateOf({ state }: Pick<AlarmView, "state">): AlarmState {
  return ALARM_STATES.find((known) => known === state) ?? "unacknowledged";
}

export function suppressionOf({ suppression }: Pick<AlarmView, "suppression">): Suppression {
  return SUPPRESSIONS.find((known) => known === suppression) ?? "none";
}

/** Whether it calls for somebody: not acknowledged, and not hidden. */
export function calls(alarm: AlarmView): boolean {
  return alarmLook(alarm).blink;
}

/** Unacknowledged before acknowledged, the graver first, the newer first. */
export function compareAlarms(one: AlarmView, other: AlarmView): number {
  return (
    Number(calls(other)) - Number(calls(one)) ||
    PRIORITIES.indexOf(priorityOf(one)) - PRIORITIES.indexOf(priorityOf(other)) ||
    Date.parse(other.last) - Date.parse(one.last) ||
    (one.id < other.id ? -1 : 1)
  );
}
