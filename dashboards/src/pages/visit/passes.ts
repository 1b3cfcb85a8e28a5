/** What a household types, what the hub is told, and what a visitor is sent. Pure. */
import { dayField, momentOfField } from "@/i18n/calendar";
import { formatDayMinute, formatMinute } from "@/i18n/format";
import type { OwnVisit } from "@/live/visit";
import type { NewVisit } from "@/live/visits";

/** The link's key; it stands behind the `#`, which no browser sends. Null: there is none. */
export function keyIn(hash: string): string | null {
  const key = hash.replace(/^#\/?/, "");
  return /^[A-Za-z0-9_-]{1,128}$/.test(key) ? key : null;
}

export interface Draft {
  by: "plate" | "code";
  plate: string;
  alsoCode: boolean;
  visitor: string;
  later: boolean;
  /** As a date field writes it. */
  from: string;
  minutes: number;
}

const CHOICES = [60, 120, 240, 480, 720, 1440] as const;
const USUAL_MIN = 240;
/** Characters, as the hub wants it. */
const LEAST_PLATE = 2;

/** How long a pass may be chosen to last, in minutes. */
export function lastsWithin(longest: number): readonly number[] {
  const within = CHOICES.filter((each) => each <= longest);
  return within.length === 0 ? [longest] : within;
}

export function newDraft(longest: number): Draft {
  const minutes = Math.min(USUAL_MIN, longest);
  return { by: "plate", plate: "", alsoCode: false, visitor: "", later: false, from: "", minutes };
}

/** A word where something is missing. */
export function visitOf(draft: Draft): NewVisit | "needed" | "needsTime" {
  const plate = draft.plate.trim();
  const visitor = draft.visitor.trim();
  const fromMs = draft.later ? momentOfField(draft.from) : null;
  if (draft.by === "plate" && plate.length < LEAST_PLATE) return "needed";
  if (draft.later && fromMs === null) return "needsTime";
  return {
    minutes: draft.minutes,
    ...(draft.by === "plate" ? { plate } : {}),
    ...(draft.by === "code" || draft.alsoCode ? { code: true } : {}),
    ...(visitor === "" ? {} : { visitor }),
    ...(fromMs === null ? {} : { from: new Date(fromMs).toISOString() }),
  };
}

export function isLive({ state }: Pick<OwnVisit, "state">): boolean {
  return state === "open" || state === "coming";
}

/** Digits in fours, to be read out and typed. */
export function inFours(code: string): string {
  return code.replace(/(.{4})(?=.)/g, "$1 ");
}

type Translate = (key: string, named: Record<string, unknown>) => string;

/** From when until when; the day is not said twice. */
export function windowOf({ from, until }: Pick<OwnVisit, "from" | "until">, language: string): Record<"from" | "until", string> {
  const [begin, end] = [Date.parse(from), Date.parse(until)];
  const sameDay = dayField(begin) === dayField(end);
  return { from: formatDayMinute(begin, language), until: sameDay ? formatMinute(end, language) : formatDayMinute(end, language) };
}

/** What a visitor is sent: never the household's own link. */
export function messageFor(visit: OwnVisit, site: string, t: Translate, language: string): string {
  return [
    t("share.title", { site }),
    visit.plate === null ? "" : t("share.plate", { plate: visit.plate }),
    visit.code === null ? "" : t("share.code", { code: inFours(visit.code) }),
    t("share.window", windowOf(visit, language)),
  ]
    .filter(Boolean)
    .join("\n");
}
