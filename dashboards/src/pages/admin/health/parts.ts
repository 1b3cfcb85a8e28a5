/** Which parts need somebody, which may stay folded, and how each looks. Pure. */
import { formatDay } from "@/i18n/format";
import { GROUPS, PART_STATES } from "@/live/health";
import type { Group, Part, PartState } from "@/live/health";
import type { Scalar } from "@/live/protocol";
import type { Icon, Tone } from "@/look/look";

export const LOOKS: Readonly<Record<PartState, { readonly tone: Tone; readonly icon: Icon }>> = {
  fault: { tone: "alarm", icon: "warning" },
  attention: { tone: "attention", icon: "outdated" },
  unknown: { tone: "unknown", icon: "question" },
  normal: { tone: "normal", icon: "running" },
  off: { tone: "stale", icon: "asleep" },
};

/** A word that is not in the table is not known, and so not normal. */
export function stateOf({ state }: Pick<Part, "state">): PartState {
  return PART_STATES.find((known) => known === state) ?? "unknown";
}

export function isProblem(part: Part): boolean {
  return PART_STATES.indexOf(stateOf(part)) <= PART_STATES.indexOf("unknown");
}

/** The graver first; within that as the hub has them. */
export function problemsOf(parts: readonly Part[]): readonly Part[] {
  const rank = (part: Part): number => PART_STATES.indexOf(stateOf(part));
  return [...parts.filter(isProblem)].sort((one, other) => rank(one) - rank(other));
}

export interface PartGroup {
  readonly group: string;
  readonly parts: readonly Part[];
  /** That of its worst part. */
  readonly state: PartState;
}

/** All groups in their order; those that this page does not know stand at the end. */
export function groupsOf(parts: readonly Part[]): readonly PartGroup[] {
  const names = [...new Set([...GROUPS.filter((known) => parts.some(({ group }) => group === known)), ...parts.map(({ group }) => group)])];
  return names.map((group) => {
    const ours = parts.filter((part) => part.group === group);
    const worst = Math.min(...ours.map((part) => PART_STATES.indexOf(stateOf(part))));
    return { group, parts: ours, state: PART_STATES[worst] ?? "unknown" };
  });
}

/** Groups in which each part is named by the hub's own word for it, for which pages have words. */
export const NAMED: ReadonlySet<string> = new Set<Group>([
  "link",
  "queues",
  "rules",
  "viewers",
  "storage",
  "certificates",
  "backup",
  "canary",
  "dropped",
]);

const UNITS: readonly (readonly [ending: string, unit: string])[] = [
  ["_bytes", "B"],
  ["_percent", "%"],
  ["_days", "d"],
  ["_s", "s"],
];
const STEPS = ["B", "kB", "MB", "GB", "TB"] as const;

export interface Figure {
  readonly name: string;
  readonly value: Scalar;
  readonly unit: string | null;
}

/** What is known of a part, with units as people read them. */
export function figuresOf({ figures }: Part): readonly Figure[] {
  return Object.entries(figures)
    .filter(([, value]) => value !== null && value !== "")
    .map(([name, value]) => {
      const unit = UNITS.find(([ending]) => name.endsWith(ending))?.[1] ?? null;
      return unit === "B" && typeof value === "number" ? { name, ...bytes(value) } : { name, value, unit };
    });
}

const MOMENT = /^\d{4}-\d\d-\d\dT/;

/** Reasons and places stand as they were said, to be looked for in logs; a moment is a day. */
export function sayText(text: string, language: string): string {
  return MOMENT.test(text) ? formatDay(Date.parse(text), language) : text;
}

/** Bytes with three digits at most: 12.3 GB. */
export function bytes(value: number): { readonly value: number; readonly unit: string } {
  const size = Math.abs(value);
  const step = size < 1000 ? 0 : Math.min(STEPS.length - 1, Math.floor(Math.log10(size) / 3));
  const shown = value / 1000 ** step;
  return { value: Number(shown.toPrecision(3)), unit: STEPS[step] ?? "B" };
}
