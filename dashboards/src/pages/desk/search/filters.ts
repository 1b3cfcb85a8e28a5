/** What is searched for at the desk, as it is typed, as the hub is asked, and as a request's scope. Pure. */
import type { PassesWanted } from "@/live/passes";
import type { Kind, Scope } from "@/live/disclosures";
import type { QueryValue } from "@/live/query";
import { rangeOf } from "@/pages/console/passes/wanted";
import type { SpanName } from "@/pages/console/passes/wanted";
import { MINUTE_MS } from "../span";

export const VIEWS = ["passes", "alarms"] as const;
export type View = (typeof VIEWS)[number];

export interface Filters {
  readonly span: SpanName;
  /** Of `own`, as a date field writes it. */
  readonly from: string;
  readonly to: string;
  /** `gate/east-in`, `door/*`; empty: everywhere. */
  readonly place: string;
  readonly area: string;
  /** May hold `*` and `?`; of passes alone. */
  readonly plate: string;
}

export const NO_FILTERS: Filters = { span: "today", from: "", to: "", place: "", area: "", plate: "" };

/** When it begins and ends, ms since 1970; null if it does not begin, or not before it ends. */
export function stretchOf(filters: Filters, nowMs: number): { readonly fromMs: number; readonly toMs: number } | null {
  const range = rangeOf(filters, nowMs);
  if (range?.from === undefined) return null;
  const fromMs = Date.parse(range.from);
  const toMs = range.to === undefined ? (Math.floor(nowMs / MINUTE_MS) + 1) * MINUTE_MS : Date.parse(range.to);
  return fromMs < toMs ? { fromMs, toMs } : null;
}

const WILD = /[*?＊？]/;
/** Characters of the shortest whole plate (浙A12345). */
const WHOLE_PLATE = 7;

/** Less than a whole plate is sought wherever it stands in one, as people remember it. */
export function plateSought(typed: string): string {
  const plate = typed.trim();
  return plate === "" || plate.length >= WHOLE_PLATE || WILD.test(plate) ? plate : `*${plate}*`;
}

/** Null: the stretch makes no sense. */
export function passesWanted(filters: Filters, nowMs: number): PassesWanted | null {
  const stretch = stretchOf(filters, nowMs);
  return stretch === null ? null : {
    from: new Date(stretch.fromMs).toISOString(),
    to: new Date(stretch.toMs).toISOString(),
    ...(filters.place === "" ? {} : { place: [filters.place] }),
    ...(filters.area === "" ? {} : { area: [filters.area] }),
    ...(plateSought(filters.plate) === "" ? {} : { plate: plateSought(filters.plate) }),
  };
}

/** Alarms are found by when they were raised; the hub gives those before a moment, the newest first. */
export function alarmsWanted(filters: Filters, nowMs: number): Readonly<Record<string, QueryValue>> | null {
  const stretch = stretchOf(filters, nowMs);
  if (stretch === null) return null;
  const [kind = "", device = ""] = filters.place.split("/");
  return {
    state: "all",
    before: new Date(stretch.toMs).toISOString(),
    kind,
    device: device === "*" ? "" : device,
    area: filters.area,
  };
}

/** Everything that was found, as a request asks for it; null: nothing sensible. */
export function scopeOfFound(view: View, filters: Filters, nowMs: number): Scope | null {
  const stretch = stretchOf(filters, nowMs);
  return stretch === null ? null : {
    from_ms: stretch.fromMs,
    to_ms: stretch.toMs,
    kinds: [view satisfies Kind],
    devices: filters.place === "" ? [] : [filters.place],
    areas: filters.area === "" ? [] : [filters.area],
    plate: view === "passes" ? plateSought(filters.plate) || null : null,
  };
}
