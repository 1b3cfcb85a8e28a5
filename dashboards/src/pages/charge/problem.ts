/** What stands in the way of whoever holds a phone: which words, which mark, how grave. Pure. */
import type { Refusal } from "@/live/ask";
import type { Mark } from "./marks";

export interface Problem {
  /** Of its words. */
  readonly code: string;
  readonly mark: Mark;
  /** `danger`: keep away. */
  readonly tone: "calm" | "attention" | "danger";
  /** To wait; 0 where nobody knows. */
  readonly seconds: number;
}

/** By the code of the hub's refusal, or of what the phone itself notices. */
export type Problems = Readonly<Record<string, readonly [mark: Mark, tone: Problem["tone"]]>>;

/** Seconds to wait where the hub does not say. */
const THROTTLED_S = 30;

/** `problemOf` a code, `other` where it is not among `problems`; `problemIn` a refusal, `online`: whether there is a network. */
export function problemsFrom(problems: Problems) {
  function problemOf(code: string, seconds = 0): Problem {
    const known = code in problems ? code : "other";
    const [mark, tone] = problems[known] ?? ["warning", "attention"];
    return { code: known, mark, tone, seconds };
  }

  function problemIn(refusal: Refusal, online: boolean): Problem {
    if (refusal.kind === "unreachable") return problemOf(online ? "unreachable" : "no-network");
    if (refusal.status === 429) return problemOf("throttled", refusal.retryAfterS ?? THROTTLED_S);
    if (refusal.code in problems) return problemOf(refusal.code);
    return problemOf([502, 503, 504].includes(refusal.status) ? "hub-down" : "other");
  }

  return { problemOf, problemIn };
}
