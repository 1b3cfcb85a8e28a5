/** What a chart draws of a trend: lines that stop where the device was not heard, bands of states. Pure. */
import type { Scalar } from "@/live/protocol";
import type { Gap, Trend, TrendSeries } from "@/live/trends";
import { staysOf } from "../devices/trend";
import type { Sample, Stay } from "../devices/trend";
import type { Stretch } from "./choice";

export type LinePoint = readonly [ms: number, value: number | null];

export function keyOfSeries({ device, property }: Pick<TrendSeries, "device" | "property">): string {
  return `${device}/${property}`;
}

/** Numbers are drawn as lines. */
export function isNumeric(series: TrendSeries): boolean {
  return series.mean.length > 0 || ["number", "integer"].includes(series.type);
}

export function gapsOf(trend: Trend, device: string): readonly Gap[] {
  return trend.devices.find((each) => each.device === device)?.gaps ?? [];
}

/**
 * The series with means weighted by time instead of plain ones. In steps in which nothing came, what was last holds on:
 * that is their mean.
 */
export function weightedOf(series: TrendSeries, stepMs: number): TrendSeries {
  if (series.weighted.length === 0) return series;
  const points = series.ms.flatMap((ms, at): readonly LinePoint[] => {
    const [end, next, last] = [ms + stepMs, series.ms[at + 1] ?? Infinity, series.last[at]];
    const here: LinePoint = [ms, series.weighted[at] ?? null];
    return next > end ? [here, [end, typeof last === "number" ? last : null]] : [here];
  });
  return { ...series, ms: points.map(([ms]) => ms), mean: points.map(([, value]) => value) };
}

/** A value holds until the next; in a gap there is none. `values`: one column of the series. */
export function lineOf(
  series: TrendSeries,
  values: readonly (number | null)[],
  gaps: readonly Gap[],
  { fromMs, toMs }: Stretch,
): readonly LinePoint[] {
  const carried: readonly LinePoint[] = typeof series.before === "number" ? [[fromMs, series.before]] : [];
  const read = series.ms.map((ms, at): LinePoint => [Math.max(ms, fromMs), values[at] ?? null]);
  const points = [...carried, ...read];
  const last = points.at(-1);
  if (last === undefined) return [];
  const silent = gaps.some(({ start, end }) => start < toMs && end >= toMs);
  const held: readonly LinePoint[] = last[0] < toMs && !silent ? [...points, [toMs, last[1]]] : points;
  return gaps.reduce(cutOut, held);
}

/** A line without what lies within a gap; it goes on behind it with what it was before. */
function cutOut(points: readonly LinePoint[], { start, end }: Gap): readonly LinePoint[] {
  const first = points.findIndex(([ms]) => ms >= start);
  const at = first === -1 ? points.length : first;
  const behind = points.findIndex(([ms]) => ms >= end);
  const head = points.slice(0, at);
  const tail = behind === -1 ? [] : points.slice(behind);
  const inside = points.slice(at, behind === -1 ? points.length : behind);
  const until = head.at(-1)?.[1];
  const again = (inside.at(-1) ?? head.at(-1))?.[1];
  const goesOn = again !== undefined && (tail[0]?.[0] ?? end) > end;
  const edge: LinePoint[] = until === undefined || until === null ? [[start, null]] : [[start, until], [start, null]];
  return [...head, ...edge, ...(goesOn ? [[end, again] as const] : []), ...tail];
}

/** The stays of a state, the unknown ones where nobody heard it. */
export function bandOf(series: TrendSeries, gaps: readonly Gap[], { fromMs, toMs }: Stretch): readonly Stay[] {
  const read = series.ms.map((ms, at): Sample => ({ ms, value: series.last[at] ?? null }));
  const carried = read.findLast(({ ms }) => ms <= fromMs)?.value ?? series.before;
  const samples: readonly Sample[] = [
    ...(carried === null ? [] : [{ ms: fromMs, value: carried }]),
    ...read.filter(({ ms }) => ms > fromMs && ms < toMs),
  ];
  return staysOf(samples, fromMs, toMs, toMs).flatMap((stay) => withoutGaps(stay, gaps));
}

function withoutGaps(stay: Stay, gaps: readonly Gap[]): readonly Stay[] {
  const over = gaps.filter(({ start, end }) => start < stay.toMs && end > stay.fromMs);
  const pieces: Stay[] = [];
  let fromMs = stay.fromMs;
  const add = (begin: number, end: number, value: Scalar | undefined): void => {
    if (end > begin) pieces.push({ fromMs: begin, toMs: end, value });
  };
  for (const { start, end } of over) {
    add(fromMs, start, stay.value);
    add(Math.max(fromMs, start), Math.min(end, stay.toMs), undefined);
    fromMs = Math.max(fromMs, end);
  }
  add(fromMs, stay.toMs, stay.value);
  return pieces;
}

/** Numbers of one unit share a chart, in the order in which they were chosen. */
export function panelsOf(series: readonly TrendSeries[]): readonly (readonly TrendSeries[])[] {
  const panels = new Map<string, TrendSeries[]>();
  for (const each of series.filter(isNumeric)) {
    const unit = each.unit ?? `${each.device} ${each.property}`;
    panels.set(unit, [...(panels.get(unit) ?? []), each]);
  }
  return [...panels.values()];
}

/** The same, as if it had been so much later. */
export function later(points: readonly LinePoint[], ms: number): readonly LinePoint[] {
  return points.map(([at, value]) => [at + ms, value]);
}
