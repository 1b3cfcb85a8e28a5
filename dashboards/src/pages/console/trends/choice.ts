/** What is looked at and over which time, as the address holds it: it can be shared. Pure. */
import { addressOf } from "../route";

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;

export const SPANS = ["hour", "day", "week", "month"] as const;
export type Span = (typeof SPANS)[number];

export const SPAN_MS: Readonly<Record<Span, number>> = {
  hour: HOUR_MS,
  day: DAY_MS,
  week: 7 * DAY_MS,
  month: 30 * DAY_MS,
};

export const MOST_PROPERTIES = 8;

/** Nobody sees anything in less, and nothing is kept for longer. */
const SHORTEST_MS = 10_000;
const LONGEST_MS = 5 * 366 * DAY_MS;

export interface Stretch {
  readonly fromMs: number;
  readonly toMs: number;
}

export interface Choice {
  /** `site/kind/device/property` each. */
  readonly of: readonly string[];
  /** The last hour, day, …, or a time of one's own. */
  readonly span: Span | Stretch;
  /** Whether the same span before lies behind it. */
  readonly compare: boolean;
  /** Whether values are weighted by how long each held; else each that came counts once. */
  readonly weighted: boolean;
}

export const VIEWS = ["trends", "questions"] as const;
export type View = (typeof VIEWS)[number];

/** Which view an address means. */
export function viewOf(id: string | null): View {
  return id === "questions" ? "questions" : "trends";
}

export function choiceOf(id: string | null): Choice {
  const said = new URLSearchParams(id ?? "");
  const of = [...new Set(said.getAll("of"))].filter((each) => each.split("/").length >= 4).slice(0, MOST_PROPERTIES);
  const [fromMs, toMs] = [Number(said.get("from")), Number(said.get("to"))];
  const named = SPANS.find((each) => each === said.get("span")) ?? "day";
  const own = Number.isSafeInteger(fromMs) && Number.isSafeInteger(toMs) && fromMs > 0 && toMs - fromMs >= SHORTEST_MS;
  return { of, span: own ? { fromMs, toMs } : named, compare: said.has("compare"), weighted: said.get("mean") === "weighted" };
}

export function choiceAddress({ of, span, compare, weighted }: Choice): string {
  const said = new URLSearchParams(of.map((each) => ["of", each]));
  if (typeof span === "string") said.set("span", span);
  else {
    said.set("from", String(Math.round(span.fromMs)));
    said.set("to", String(Math.round(span.toMs)));
  }
  if (compare) said.set("compare", "yes");
  if (weighted) said.set("mean", "weighted");
  return addressOf({ place: "trends", id: said.toString() });
}

export function stretchOf({ span }: Pick<Choice, "span">, nowMs: number): Stretch {
  return typeof span === "string" ? { fromMs: nowMs - SPAN_MS[span], toMs: nowMs } : span;
}

/** What is read for it: as much again on both sides, so that it can be pushed; nothing that is still to come. */
export function loadedFor({ fromMs, toMs }: Stretch, nowMs: number): Stretch {
  const beside = (toMs - fromMs) / 2;
  return { fromMs: fromMs - beside, toMs: Math.max(toMs, Math.min(toMs + beside, nowMs)) };
}

/** The same length of time just before. */
export function before({ fromMs, toMs }: Stretch): Stretch {
  return { fromMs: fromMs - (toMs - fromMs), toMs: fromMs };
}

/** Which part of what is read is shown, in percent. */
export function partOf(shown: Stretch, loaded: Stretch): { readonly start: number; readonly end: number } {
  const whole = loaded.toMs - loaded.fromMs;
  return { start: (100 * (shown.fromMs - loaded.fromMs)) / whole, end: (100 * (shown.toMs - loaded.fromMs)) / whole };
}

/** The time that a part in percent is. */
export function partTime({ start, end }: { readonly start: number; readonly end: number }, loaded: Stretch): Stretch {
  const whole = (loaded.toMs - loaded.fromMs) / 100;
  return bounded(loaded.fromMs + start * whole, loaded.fromMs + end * whole, Infinity);
}

const KEYS: Readonly<Record<string, { readonly factor: number; readonly shift: number }>> = {
  "+": { factor: 0.5, shift: 0 },
  "=": { factor: 0.5, shift: 0 },
  "-": { factor: 2, shift: 0 },
  ArrowLeft: { factor: 1, shift: -0.25 },
  ArrowRight: { factor: 1, shift: 0.25 },
};

/** What a key makes of a stretch; null: that key is for something else. Nothing is looked at that is still to come. */
export function keyed({ fromMs, toMs }: Stretch, key: string, nowMs: number): Stretch | null {
  const found = Object.hasOwn(KEYS, key) ? KEYS[key] : undefined;
  if (found === undefined) return null;
  const half = ((toMs - fromMs) * found.factor) / 2;
  const middle = (fromMs + toMs) / 2 + (toMs - fromMs) * found.shift;
  return bounded(middle - half, middle + half, nowMs);
}

function bounded(fromMs: number, toMs: number, nowMs: number): Stretch {
  const length = Math.min(LONGEST_MS, Math.max(SHORTEST_MS, toMs - fromMs));
  const end = Math.min((fromMs + toMs) / 2 + length / 2, nowMs);
  return { fromMs: Math.round(end - length), toMs: Math.round(end) };
}
