/** How a disclosure looks: grey while all is well, colour where it waits for somebody or went wrong. Pure. */
import { STATES } from "@/live/disclosures";
import type { Disclosure, State } from "@/live/disclosures";
import type { WhoAmI } from "@/live/session";
import type { Icon, Tone } from "@/look/look";

export interface Shown {
  readonly tone: Tone;
  readonly icon: Icon;
}

export const STATE_LOOKS: Readonly<Record<State, Shown>> = {
  requested: { tone: "attention", icon: "hand" },
  approved: { tone: "moving", icon: "outdated" },
  making: { tone: "moving", icon: "outdated" },
  ready: { tone: "moving", icon: "paper" },
  "handed-over": { tone: "normal", icon: "running" },
  rejected: { tone: "stale", icon: "shut" },
  withdrawn: { tone: "stale", icon: "returned" },
  expired: { tone: "stale", icon: "outdated" },
  cancelled: { tone: "attention", icon: "halted" },
  failed: { tone: "alarm", icon: "warning" },
};

export function lookOf(state: string): Shown {
  return STATES.includes(state as State) ? STATE_LOOKS[state as State] : { tone: "unknown", icon: "question" };
}

/** Whether it may still change by itself. */
export const isMoving = ({ state }: Pick<Disclosure, "state">): boolean => state === "approved" || state === "making";

/** Why somebody cannot decide it, a key of words; null: they can. */
export function hindranceOf({ state, requested_by: by }: Pick<Disclosure, "state" | "requested_by">, me: WhoAmI | null): string | null {
  if (state !== "requested") return "decided";
  if (me !== null && me.name === by) return "own";
  return me?.permissions.includes("release") === false ? "noRelease" : null;
}
