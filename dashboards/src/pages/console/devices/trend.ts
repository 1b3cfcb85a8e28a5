/** How a property ran: what to ask the hub for, and what a chart or a band shows of the answer. Pure. */
import type { ChartLook, ChartOption } from "@/components/chart-look";
import type { Scalar } from "@/live/protocol";
import type { Point } from "@/live/things";

const MINUTE_S = 60;
const HOUR_S = 3600;
const HOUR_MS = 1000 * HOUR_S;
const DAY_MS = 24 * HOUR_MS;

export const SPANS = ["hour", "day", "week", "month"] as const;
export type Span = (typeof SPANS)[number];

/** How long, and in steps of how many seconds; null: every value. */
export const SPAN_OF: Readonly<Record<Span, { readonly ms: number; readonly stepS: number | null }>> = {
  hour: { ms: HOUR_MS, stepS: null },
  day: { ms: DAY_MS, stepS: 5 * MINUTE_S },
  week: { ms: 7 * DAY_MS, stepS: HOUR_S },
  month: { ms: 30 * DAY_MS, stepS: 4 * HOUR_S },
};

/** How far back the value before the stretch is looked for: changes alone are kept. */
export const LEAD_MS = 7 * DAY_MS;
export const LEAD_STEP_S = HOUR_S;

/** The whole hour that holds `ms`: sums of hours are whole. */
export const hourOf = (ms: number): number => Math.floor(ms / HOUR_MS) * HOUR_MS;

export interface Sample {
  readonly ms: number;
  readonly value: Scalar;
}

/** Samples within [from, to], the first carried over from before `from`; `boolean`: the store keeps those as numbers. */
export function samplesOf(points: readonly Point[], fromMs: number, toMs: number, boolean: boolean): readonly Sample[] {
  const all = points.map(({ ts, value }) => ({
    ms: Date.parse(ts),
    value: boolean && value !== null ? Boolean(value) : value,
  }));
  const before = all.filter(({ ms }) => ms <= fromMs).at(-1);
  const within = all.filter(({ ms }) => ms > fromMs && ms <= toMs);
  return before === undefined ? within : [{ ms: fromMs, value: before.value }, ...within];
}

/** A stretch of time in which a value stayed; `value` undefined: nobody knows. */
export interface Stay {
  readonly fromMs: number;
  readonly toMs: number;
  readonly value: Scalar | undefined;
}

/** From one change to the next; the last lasts until `knownMs`, up to where the device was heard. */
export function staysOf(samples: readonly Sample[], fromMs: number, toMs: number, knownMs: number): readonly Stay[] {
  const stays: Stay[] = [];
  const add = (begin: number, end: number, value: Scalar | undefined): void => {
    const last = stays.at(-1);
    if (end <= begin) return;
    if (last !== undefined && last.value === value) stays[stays.length - 1] = { ...last, toMs: end };
    else stays.push({ fromMs: begin, toMs: end, value });
  };
  add(fromMs, samples[0]?.ms ?? toMs, undefined);
  samples.forEach(({ ms, value }, at) => add(ms, samples[at + 1]?.ms ?? Math.min(toMs, Math.max(ms, knownMs)), value));
  add(stays.at(-1)?.toMs ?? toMs, toMs, undefined);
  return stays;
}

export interface Share {
  readonly value: Scalar | undefined;
  readonly ms: number;
  readonly times: number;
}

/** For how long, and how many times, it was what; the longest first, the unknown last. */
export function sharesOf(stays: readonly Stay[]): readonly Share[] {
  const shares = new Map<Scalar | undefined, Share>();
  for (const { value, fromMs, toMs } of stays) {
    const { ms, times } = shares.get(value) ?? { ms: 0, times: 0 };
    shares.set(value, { value, ms: ms + toMs - fromMs, times: times + 1 });
  }
  return [...shares.values()].toSorted(
    (one, other) => Number(one.value === undefined) - Number(other.value === undefined) || other.ms - one.ms,
  );
}

export interface Figures {
  readonly lowest: number;
  readonly highest: number;
  readonly last: number;
}

/** Of the numbers alone; null: there are none. `lows` and `highs` of the steps, where there are any. */
export function figuresOf(
  samples: readonly Sample[],
  lows: readonly Sample[] = samples,
  highs: readonly Sample[] = samples,
): Figures | null {
  const numbers = (of: readonly Sample[]): number[] => of.map(({ value }) => value).filter((each) => typeof each === "number");
  const own = numbers(samples);
  const last = own.at(-1);
  if (last === undefined) return null;
  return {
    lowest: numbers(lows).reduce((one, other) => Math.min(one, other), last),
    highest: numbers(highs).reduce((one, other) => Math.max(one, other), last),
    last,
  };
}

/** At most so many of them, evenly spread, the last among them. */
export function thinned<Item>(items: readonly Item[], most: number): readonly Item[] {
  if (items.length <= most) return items;
  const step = (items.length - 1) / (most - 1);
  return Array.from({ length: most }, (_, at) => items[Math.round(at * step)] as Item);
}

export interface Drawn {
  readonly name: string;
  readonly unit: string | null;
  readonly fromMs: number;
  readonly toMs: number;
  readonly samples: readonly Sample[];
  /** Lowest and highest of each step; empty where every value is drawn. */
  readonly lows: readonly Sample[];
  readonly highs: readonly Sample[];
  /** How the axis writes a moment, and the tooltip a value. */
  readonly moment: (ms: number) => string;
  readonly say: (value: number) => string;
  /** Whether a value stays until the next, or grew to it. */
  readonly step: boolean;
}

/** A line between thin lines of the lowest and the highest. */
export function trendOption(drawn: Drawn, look: ChartLook): ChartOption {
  const { rem } = look;
  const thin = { color: look.quiet, width: rem / 16, opacity: 0.7 };
  const line = (samples: readonly Sample[], name: string) => ({
    type: "line" as const,
    name,
    ...(drawn.step ? { step: "end" as const } : {}),
    data: samples.map(({ ms, value }) => [ms, typeof value === "number" ? value : null]),
  });
  return {
    grid: { left: 0.5 * rem, right: 1 * rem, top: 1.75 * rem, bottom: 0.25 * rem, containLabel: true },
    xAxis: {
      type: "time",
      min: drawn.fromMs,
      max: drawn.toMs,
      axisLabel: { formatter: (ms: number) => drawn.moment(ms), hideOverlap: true },
    },
    yAxis: { type: "value", name: drawn.unit ?? "", nameGap: 0.75 * rem, nameLocation: "end", scale: true, splitNumber: 4 },
    tooltip: {
      trigger: "axis",
      valueFormatter: (value) => (typeof value === "number" ? drawn.say(value) : "—"),
    },
    series: [
      { ...line(drawn.lows, "↓"), lineStyle: thin, itemStyle: { color: look.quiet } },
      { ...line(drawn.highs, "↑"), lineStyle: thin, itemStyle: { color: look.quiet } },
      line(drawn.samples, drawn.name),
    ].filter(({ data }) => data.length > 0),
  };
}
