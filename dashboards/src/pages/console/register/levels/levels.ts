/** Access levels in words, and the form of one. Pure but for the key by which they are handed down. */
import type { InjectionKey, Ref } from "vue";
import type { Fields, Level } from "@/live/register";

/** All levels there are, handed down to whoever shows or picks them. */
export const LEVELS: InjectionKey<Readonly<Ref<readonly Level[]>>> = Symbol("levels");

export const WEEK = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"] as const;
export const DAYS = [...WEEK, "holiday"] as const;
export const EVERYWHERE = "*";

export interface PeriodDraft {
  days: string[];
  from: string;
  /** As a time field writes it: the end of the day is `00:00`. */
  to: string;
}

export interface LevelDraft {
  key: string;
  zh: string;
  en: string;
  places: string[];
  periods: PeriodDraft[];
}

type Period = Level["periods"][number];
type Translate = (key: string, named?: Record<string, unknown>) => string;

/** Days one after another as spans, `["mon", "fri"]`; holidays are no day of the week. */
export function spansOf(days: readonly string[]): readonly (readonly [string, string])[] {
  const spans: [string, string][] = [];
  let last = -2;
  DAYS.forEach((day, at) => {
    if (!days.includes(day)) return;
    const span = spans.at(-1);
    if (span !== undefined && last === at - 1 && day !== "holiday") span[1] = day;
    else spans.push([day, day]);
    last = at;
  });
  return spans;
}

/** "Mon to Fri 06:00–22:00". */
export function periodWords({ days, from, to }: Period, t: Translate): string {
  const hours = from === "00:00" && to === "24:00" ? t("levels.allDay") : t(hoursKey(from, to), { from, to });
  return `${daysWords(days, t)} ${hours}`;
}

function hoursKey(from: string, to: string): string {
  return to > from ? "levels.hours" : "levels.overnight";
}

function daysWords(days: readonly string[], t: Translate): string {
  const weekly = WEEK.every((day) => days.includes(day));
  const spans = spansOf(weekly ? days.filter((day) => day === "holiday") : days).map(([from, to]) =>
    from === to ? t(`levelDay.${from}`) : t("levels.daySpan", { from: t(`levelDay.${from}`), to: t(`levelDay.${to}`) }),
  );
  return (weekly ? [t("levels.daily"), ...spans] : spans).join(t("levels.dayJoin"));
}

const PLACE_KEYS: Readonly<Record<string, string>> = {
  [EVERYWHERE]: "levels.everywhere",
  "gate/*": "levels.allGates",
  "door/*": "levels.allDoors",
};

export function placeWords(place: string, t: Translate, titleOf: (device: string) => string): string {
  const key = PLACE_KEYS[place];
  return key === undefined ? titleOf(place) : t(key);
}

export function draftOfLevel(level: Level | null): LevelDraft {
  return {
    key: level?.key ?? "",
    zh: level?.title["zh-CN"] ?? "",
    en: level?.title["en"] ?? "",
    places: [...(level?.places ?? [])],
    periods: (level?.periods ?? []).map(({ days, from, to }) => ({
      days: [...days],
      from: from === "24:00" ? "00:00" : from,
      to: to === "24:00" ? "00:00" : to,
    })),
  };
}

export const newPeriod = (): PeriodDraft => ({ days: [...WEEK], from: "06:00", to: "22:00" });

/** The request; holidays stay as they are. A period until midnight ends with the day. */
export function levelRequest(draft: LevelDraft, seen: Level | null): Fields {
  const title = Object.entries({ "zh-CN": draft.zh.trim(), en: draft.en.trim() });
  return {
    ...(seen === null ? {} : { version: seen.version }),
    title: Object.fromEntries(title.filter(([, words]) => words !== "")),
    places: draft.places,
    periods: draft.periods.map(({ days, from, to }) => ({ days, from, to: to === "00:00" ? "24:00" : to })),
    holidays: seen?.holidays ?? [],
  };
}

/** The field that is still missing, as a key of words; null: it can be sent. */
export function missingOfLevel(draft: LevelDraft): string | null {
  if (!/^[A-Za-z0-9._-]{1,64}$/.test(draft.key)) return "levels.key";
  if (draft.zh.trim() === "" && draft.en.trim() === "") return "levels.titleZh";
  if (draft.periods.some(({ days }) => days.length === 0)) return "levels.days";
  if (draft.periods.some(({ from, to }) => from === "" || to === "")) return "levels.periods";
  return null;
}
