/** Times by the site's clock, ages and values, as people read them. */
import type { Scalar, Words } from "@/live/protocol";
import { siteZone } from "./zone";

type Translate = (key: string, named: Record<string, unknown>) => string;

const STEPS: readonly (readonly [unit: string, seconds: number])[] = [
  ["days", 86_400],
  ["hours", 3_600],
  ["minutes", 60],
];

/** "3 s", "5 min": one unit, rounded down; a time in the future counts as now. */
export function formatAge(ms: number, t: Translate): string {
  const seconds = Math.max(0, Math.floor(ms / 1000));
  for (const [unit, size] of STEPS) {
    if (seconds >= size) return t(`age.${unit}`, { count: Math.floor(seconds / size) });
  }
  return t("age.seconds", { count: seconds });
}

/** Making a formatter costs a hundred times what using it does, and a wall with 200 cards uses them all the time. */
function kept<Made>(make: (name: string) => Made): (name: string) => Made {
  const made = new Map<string, Made>();
  return (name) => {
    const one = made.get(name) ?? make(name);
    made.set(name, one);
    return one;
  };
}

/** Formatters of one zone; a page hears of another at most once. */
function ofTimes(shape: Intl.DateTimeFormatOptions): (language: string) => Intl.DateTimeFormat {
  const inZone = kept((zone) =>
    kept((language) => new Intl.DateTimeFormat(language, zone === "" ? shape : { ...shape, timeZone: zone })),
  );
  return (language) => inZone(siteZone() ?? "")(language);
}

const times = ofTimes({ timeStyle: "medium", hourCycle: "h23" });
const minutes = ofTimes({ timeStyle: "short", hourCycle: "h23" });
const dayMinutes = ofTimes({ dateStyle: "medium", timeStyle: "short", hourCycle: "h23" });
const LONG: Intl.DateTimeFormatOptions = { dateStyle: "long", timeStyle: "medium", hourCycle: "h23" };
const moments = ofTimes(LONG);
const ownMoments = kept((language) => new Intl.DateTimeFormat(language, LONG));
const zones = ofTimes({ timeZoneName: "short" });
const stamps = ofTimes({
  month: "short",
  day: "numeric",
  hour: "2-digit",
  minute: "2-digit",
  second: "2-digit",
  hourCycle: "h23",
});
const days = ofTimes({ weekday: "short", year: "numeric", month: "short", day: "numeric" });
const numbers = kept((language) => new Intl.NumberFormat(language, { maximumFractionDigits: 2 }));

/** Time of day to the second. */
export function formatTime(ms: number, language: string): string {
  return times(language).format(ms);
}

/** Time of day to the minute. */
export function formatMinute(ms: number, language: string): string {
  return minutes(language).format(ms);
}

/** Day and time to the minute, with the year: a receipt is kept for years. */
export function formatDayMinute(ms: number, language: string): string {
  return dayMinutes(language).format(ms);
}

/** Date and time; with the zone, at the end, where this screen's own clock shows another time. */
export function formatMoment(ms: number, language: string): string {
  const moment = moments(language).format(ms);
  if (moment === ownMoments(language).format(ms)) return moment;
  const zone = zones(language).formatToParts(ms).find(({ type }) => type === "timeZoneName");
  return `${moment} ${zone?.value ?? ""}`.trimEnd();
}

/** Day and time to the second, short; what is shown this way is not years old. */
export function formatStamp(ms: number, language: string): string {
  return stamps(language).format(ms);
}

export function formatDay(ms: number, language: string): string {
  return days(language).format(ms);
}

/** A property's value with its unit; words that the page knows are translated, all others stand as they are. */
export function formatValue(
  value: Scalar,
  unit: string | null,
  language: string,
  speak: { t: (key: string) => string; word: (text: string) => string },
): string {
  if (value === null) return "—";
  if (typeof value === "boolean") return speak.t(value ? "value.yes" : "value.no");
  if (typeof value === "string") return speak.word(value);
  const number = numbers(language).format(value);
  return unit === null ? number : `${number} ${unit}`;
}

/** The text in the wanted language, else in Chinese, else in any. */
export function pick(words: Words, language: string): string | undefined {
  return words[language] ?? words["zh-CN"] ?? Object.values(words)[0];
}

/** "group.outbox-waiting" to "Outbox waiting": readable without knowing the word. */
export function plain(key: string): string {
  const word = key.slice(key.indexOf(".") + 1).replaceAll("-", " ");
  return word.charAt(0).toUpperCase() + word.slice(1);
}

/** Watts in few characters: "6.98 kW", "318 W". */
export function power(watts: number, digits = 2): string {
  return Math.round(watts) < 1000 ? `${Math.round(watts)} W` : `${(watts / 1000).toFixed(digits)} kW`;
}
