/** What is heard of which priority, and of which alarms. Pure. */
import { PRIORITIES } from "@/live/alarms";
import type { Priority } from "@/live/alarms";
import type { Case } from "@/live/cases";
import { alarmLook } from "@/look/alarms";

export interface Pattern {
  /** Pulses: pitch in Hz, begin and length in s. */
  readonly pulses: readonly { readonly hz: number; readonly at: number; readonly lasts: number }[];
  /** Seconds from one begin to the next. */
  readonly every: number;
}

const PAUSE_S = 0.06;

/** The graver, the more pulses, the sooner again and the higher: told apart without looking. */
export const PATTERNS: Readonly<Record<Priority, Pattern>> = {
  critical: { pulses: pulses([988, 784, 988, 784, 988], 0.16), every: 2 },
  high: { pulses: pulses([784, 659, 784], 0.2), every: 4 },
  medium: { pulses: pulses([659, 523], 0.25), every: 10 },
  low: { pulses: pulses([523], 0.3), every: 30 },
};

function pulses(pitches: readonly number[], lasts: number): Pattern["pulses"] {
  return pitches.map((hz, index) => ({ hz, at: index * (lasts + PAUSE_S), lasts }));
}

/** The gravest sound of those that call and are not silenced; null: silence. */
export function soundOf(listed: readonly Case[], silenced: ReadonlySet<string>): Priority | null {
  const sounds = listed
    .filter(({ alarm }) => !silenced.has(keyOfCall(alarm)))
    .map(({ alarm }) => alarmLook(alarm).sound);
  return PRIORITIES.find((priority) => sounds.includes(priority)) ?? null;
}

/** Everything that sounds now: what a press on "silence" is about. What calls anew, or graver, is heard again. */
export function callsOf(listed: readonly Case[]): readonly string[] {
  return listed.filter(({ alarm }) => alarmLook(alarm).sound !== null).map(({ alarm }) => keyOfCall(alarm));
}

function keyOfCall({ id, priority, state }: Case["alarm"]): string {
  return `${id} ${priority} ${state === "returned-unacknowledged" ? "unacknowledged" : state}`;
}
