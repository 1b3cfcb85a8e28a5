/** Everything that may stand in the way of an officer's receipt or answer: which words, which mark, how grave. Pure. */
import type { Refusal } from "@/live/ask";
import type { Mark } from "../charge/marks";
import type { Problem } from "../charge/problems";

type Base = readonly [mark: Mark, tone: Problem["tone"]];

export const PROBLEMS: Readonly<Record<string, Base>> = {
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

/** Seconds to wait where the hub does not say. */
const THROTTLED_S = 30;

export function problemOf(code: string, seconds = 0): Problem {
  const known = code in PROBLEMS ? code : "other";
  const [mark, tone] = PROBLEMS[known] ?? ["warning", "attention"];
  return { code: known, mark, tone, seconds };
}

/** What a refusal means to whoever holds the phone; `online`: whether the phone has a network at all. */
export function problemIn(refusal: Refusal, online: boolean): Problem {
  if (refusal.kind === "unreachable") return problemOf(online ? "unreachable" : "no-network");
  if (refusal.status === 429) return problemOf("throttled", refusal.retryAfterS ?? THROTTLED_S);
  if (refusal.code in PROBLEMS) return problemOf(refusal.code);
  return problemOf([502, 503, 504].includes(refusal.status) ? "hub-down" : "other");
}

/** Whether the link opens nothing any more, or never did. */
export function isOver(refusal: Refusal | null): boolean {
  return refusal?.kind === "refused" && [404, 410].includes(refusal.status);
}
