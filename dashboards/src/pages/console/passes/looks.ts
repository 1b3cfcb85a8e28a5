/** How a pass looks: its direction, what became of it, and what is odd about it. Grey while all is well. Pure. */
import type { Direction, Pass } from "@/live/passes";
import type { VisitState } from "@/live/visits";
import type { Icon, Tone } from "@/look/look";

export interface Shown {
  readonly tone: Tone;
  readonly icon: Icon;
}

export const DIRECTION_ICONS: Readonly<Record<Direction, Icon>> = { in: "in", out: "out", unknown: "question" };

const REFUSED: Shown = { tone: "attention", icon: "warning" };
const BLOCKED: Shown = { tone: "alarm", icon: "warning" };

/** Of what became of it; null where it simply passed. */
export function outcomeLook({ outcome, reason }: Pick<Pass, "outcome" | "reason">): Shown | null {
  if (outcome === "passed") return null;
  if (outcome === "refused") return reason === "blocked" ? BLOCKED : REFUSED;
  return { tone: "stale", icon: "outdated" };
}

const FLAGS = {
  replay: { tone: "stale", icon: "outdated" },
  passback: { tone: "attention", icon: "returned" },
  tailgating: { tone: "attention", icon: "car" },
  unconfirmed: { tone: "normal", icon: "question" },
} as const satisfies Readonly<Record<string, Shown>>;

export interface Flag extends Shown {
  readonly name: keyof typeof FLAGS;
}

/** Nobody can have confirmed what was told after an outage. */
export function flagsOf(pass: Pick<Pass, "replay" | "passback" | "tailgating" | "confirmed" | "outcome">): readonly Flag[] {
  const unconfirmed = pass.outcome === "passed" && pass.confirmed === false;
  const names = Object.keys(FLAGS) as (keyof typeof FLAGS)[];
  return names
    .filter((name) => (name === "unconfirmed" ? unconfirmed : pass[name]))
    .map((name) => ({ name, ...FLAGS[name] }));
}

export const VISIT_LOOKS: Readonly<Record<VisitState, Shown>> = {
  coming: { tone: "moving", icon: "outdated" },
  open: { tone: "normal", icon: "running" },
  over: { tone: "stale", icon: "returned" },
  revoked: { tone: "stale", icon: "blind" },
};

/** Digits in fours, to be read out. */
export function inFours(code: string): string {
  return code.replace(/(.{4})(?=.)/g, "$1 ");
}
