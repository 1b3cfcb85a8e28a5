/** Everything that may stand in the way of a visitor's pass: which words, which mark, how grave. Pure. */
import { problemsFrom } from "../charge/problem";
import type { Problems } from "../charge/problem";

export const PROBLEMS: Problems = {
  "no-key": ["question", "attention"],
  "link-unknown": ["question", "attention"],
  "unknown-visit": ["question", "attention"],
  "too-many-visits": ["closed", "attention"],
  "plate-refused": ["closed", "attention"],
  "bad-plate": ["car", "attention"],
  "too-long": ["clock", "attention"],
  "too-far-ahead": ["clock", "attention"],
  "bad-range": ["clock", "attention"],
  throttled: ["clock", "calm"],
  "no-network": ["offline", "attention"],
  unreachable: ["offline", "attention"],
  "hub-down": ["offline", "attention"],
  other: ["warning", "attention"],
};

export const { problemOf, problemIn } = problemsFrom(PROBLEMS);
