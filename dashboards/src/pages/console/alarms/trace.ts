/** How long an alarm took from hop to hop. Pure. */
import { HOPS } from "@/live/alarms";
import type { Hop, TraceTimes } from "@/live/alarms";

export interface Leg {
  readonly hop: Hop;
  /** Since the measured hop before; below zero where two clocks differ. */
  readonly ms: number;
  /** Where its bar begins and how long it is, as parts of the whole. */
  readonly from: number;
  readonly share: number;
}

export interface Legs {
  /** From the device to the screen. */
  readonly machine: readonly Leg[];
  readonly totalMs: number;
  /** How long people took after that; null: nobody has acknowledged. */
  readonly peopleMs: number | null;
}

export function legsOf(trace: TraceTimes): Legs {
  const times = HOPS.flatMap((hop) => {
    const at = trace[hop];
    return at === null || at === undefined ? [] : [{ hop, ms: Date.parse(at) }];
  });
  const machine = times.filter(({ hop }) => hop !== "acknowledged");
  const first = machine[0]?.ms ?? 0;
  const last = Math.max(first, ...machine.map(({ ms }) => ms));
  const whole = Math.max(1, last - first);
  const part = (ms: number): number => Math.min(1, Math.max(0, (ms - first) / whole));
  const people = times.find(({ hop }) => hop === "acknowledged");
  return {
    machine: machine.slice(1).map(({ hop, ms }, index) => {
      const before = machine[index]?.ms ?? ms;
      return { hop, ms: ms - before, from: part(Math.min(before, ms)), share: part(ms) - part(Math.min(before, ms)) };
    }),
    totalMs: last - first,
    peopleMs: people === undefined ? null : people.ms - last,
  };
}
