/** How a device's proven way looks, and how far a test has come. Pure. */
import { STANDINGS } from "@/live/commissioning";
import type { DeviceRow, Standing, TestProgress, TestState } from "@/live/commissioning";
import type { Icon, Tone } from "@/look/look";

interface Mark {
  readonly tone: Tone;
  readonly icon: Icon;
}

export const STANDING_LOOKS: Readonly<Record<Standing, Mark>> = {
  never: { tone: "attention", icon: "warning" },
  old: { tone: "attention", icon: "outdated" },
  unprovable: { tone: "unknown", icon: "question" },
  proven: { tone: "normal", icon: "running" },
  gone: { tone: "stale", icon: "offline" },
};

export const TEST_LOOKS: Readonly<Record<TestState, Mark>> = {
  running: { tone: "moving", icon: "flask" },
  proven: { tone: "normal", icon: "running" },
  nothing: { tone: "attention", icon: "warning" },
  ended: { tone: "stale", icon: "halted" },
};

/** Whether the hub hears it; what it does not know is no "online". */
export function reachLook(connectivity: string | null): Mark {
  if (connectivity === "online") return { tone: "normal", icon: "running" };
  return connectivity === null || connectivity === "unknown"
    ? { tone: "unknown", icon: "question" }
    : { tone: "stale", icon: "offline" };
}

/** What wants work first; then by name. */
export function sorted(devices: readonly DeviceRow[]): readonly DeviceRow[] {
  const rank = ({ standing, test }: DeviceRow): number => (test === null ? STANDINGS.indexOf(standing) : -1);
  return [...devices].sort((one, other) => rank(one) - rank(other) || one.device.localeCompare(other.device));
}

/** Kinds for which the page knows what to do at the device. */
export const KINDS = ["gate", "door", "camera", "charger", "sprinkler", "sensor"] as const;

export function instructionOf(kind: string): string {
  return KINDS.find((known) => known === kind) ?? "other";
}

export const STEPS = ["event", "rule", "screen", "proof"] as const;
export type Step = (typeof STEPS)[number];
/** `done`, `waiting`, or why it will not come: `counted`, `late`. */
export type StepState = "done" | "waiting" | "counted" | "late";

/** A device's clock may be so far behind ours for its alarm to count as a test. */
const SKEW_S = 60;

/** How far the alarm of a test has come, hop by hop. */
export function stepsOf({ event, alarm, proof }: Pick<TestProgress, "event" | "alarm" | "proof">): Readonly<Record<Step, StepState>> {
  const late = proof === null && event !== null && event.late_s > SKEW_S;
  const raised = alarm !== null || proof !== null;
  const painted = proof !== null || (alarm !== null && !alarm.counted && Boolean(alarm.trace.painted));
  return {
    // A state that raised an alarm came without any event.
    event: event !== null || raised ? "done" : "waiting",
    rule: raised ? "done" : "waiting",
    screen: painted ? "done" : alarm?.counted ? "counted" : "waiting",
    proof: proof !== null ? "done" : late ? "late" : "waiting",
  };
}
