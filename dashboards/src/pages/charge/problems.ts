/** Everything that may stand in the way of a charge: which words, which mark, how grave. Pure. */
import type { Refusal } from "@/live/ask";
import type { Status } from "@/live/charging";
import type { Mark } from "./marks";
import { problemsFrom } from "./problem";
import type { Problem, Problems } from "./problem";

/** By the code of the hub's refusal, of an order that came to nothing, or of what the phone itself notices. */
export const PROBLEMS: Problems = {
  "code-unknown": ["question", "attention"],
  "code-expired": ["clock", "attention"],
  "code-used": ["check", "attention"],
  "connector-busy": ["busy", "calm"],
  "connector-faulted": ["warning", "attention"],
  "connector-offline": ["offline", "attention"],
  "power-cut": ["warning", "danger"],
  alarm: ["warning", "danger"],
  "out-of-service": ["closed", "attention"],
  "no-supply": ["clock", "calm"],
  "account-needed": ["account", "calm"],
  "account-unknown": ["account", "attention"],
  "unknown-account": ["account", "attention"],
  "account-closed": ["account", "attention"],
  "balance-too-low": ["account", "attention"],
  throttled: ["clock", "calm"],
  "unknown-charging-order": ["question", "attention"],
  "no-network": ["offline", "attention"],
  unreachable: ["offline", "attention"],
  "hub-down": ["offline", "attention"],
  "no-answer": ["offline", "attention"],
  "did-not-begin": ["plug", "attention"],
  "refused-by-post": ["warning", "attention"],
  "start-failed": ["warning", "attention"],
  "no-page": ["question", "attention"],
  other: ["warning", "attention"],
};

/** Codes of an order that never began, that mean the same to whoever stands before the post. */
const ALIKE: Readonly<Record<string, string>> = {
  busy: "connector-busy",
  fault: "connector-faulted",
  "over-current": "connector-faulted",
  smoke: "alarm",
  heat: "alarm",
  flood: "alarm",
  "device-unreachable": "no-answer",
  "link-offline": "no-answer",
  "outcome-unknown": "no-answer",
  expired: "no-answer",
};

const known = problemsFrom(PROBLEMS);

export const { problemIn } = known;

/** What a code means, or what `otherwise` does where nobody knows it. */
export function problemOf(code: string, otherwise = "other"): Problem {
  const alike = ALIKE[code] ?? code;
  return known.problemOf(alike in PROBLEMS ? alike : otherwise);
}

/** Whether the hub has settled the matter, so that asking again would be a new request. */
export function isAnswer(refusal: Refusal): boolean {
  return refusal.kind === "refused" && refusal.status < 500 && refusal.status !== 429;
}

/** Why a connector cannot be used, from its status; null where it can. A status nobody knows is a hindrance. */
export function hindranceOf(status: string): Problem | null {
  const code = HINDRANCES[status as Status];
  return code === null ? null : problemOf(code ?? "other");
}

export const HINDRANCES: Readonly<Record<Status, string | null>> = {
  free: null,
  plugged: null,
  busy: "connector-busy",
  faulted: "connector-faulted",
  offline: "connector-offline",
  "power-cut": "power-cut",
  "out-of-service": "out-of-service",
  "no-supply": "no-supply",
};

export const STATUS_LOOKS: Readonly<Record<Status, readonly [mark: Mark, tone: string]>> = {
  free: ["check", "good"],
  plugged: ["plug", "good"],
  busy: ["busy", "calm"],
  faulted: ["warning", "attention"],
  offline: ["offline", "attention"],
  "power-cut": ["warning", "danger"],
  "out-of-service": ["closed", "attention"],
  "no-supply": ["clock", "calm"],
};
