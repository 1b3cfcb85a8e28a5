/** Everything that may stand in the way of an officer's receipt or answer: which words, which mark, how grave. Pure. */
import type { Refusal } from "@/live/ask";
import { problemsFrom } from "../charge/problem";
import type { Problems } from "../charge/problem";

export const PROBLEMS: Problems = {
  "no-key": ["question", "attention"],
  "link-unknown": ["question", "attention"],
  "link-over": ["closed", "calm"],
  "already-received": ["check", "calm"],
  "not-received": ["question", "attention"],
  "too-many-answers": ["closed", "attention"],
  throttled: ["clock", "calm"],
  "no-network": ["offline", "attention"],
  unreachable: ["offline", "attention"],
  "hub-down": ["offline", "attention"],
  other: ["warning", "attention"],
};

export const { problemOf, problemIn } = problemsFrom(PROBLEMS);

/** Whether the link opens nothing any more, or never did. */
export function isOver(refusal: Refusal | null): boolean {
  return refusal?.kind === "refused" && [404, 410].includes(refusal.status);
}
