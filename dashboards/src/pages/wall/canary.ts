/** What a test alarm tells: state of the canary → tone, mark, words. Pure. */
import type { Canary } from "@/live/alarms";
import type { Icon, Tone } from "@/look/look";

export interface CanaryLook {
  readonly tone: Tone;
  readonly icon: Icon;
  /** Key of the words. */
  readonly text: "came" | "late" | "never" | "none" | "unknown";
}

export function canaryLook(canary: Canary | null, live: boolean): CanaryLook {
  if (!live || canary === null) return { tone: "unknown", icon: "question", text: "unknown" };
  if (canary.ok === null) return { tone: "normal", icon: "outdated", text: "none" };
  if (!canary.ok) return { tone: "alarm", icon: "warning", text: canary.last === null ? "never" : "late" };
  return { tone: "normal", icon: "running", text: canary.last === null ? "none" : "came" };
}
