/** Properties over time, with gaps and alarms of their devices. Times in ms since 1970 but for `from` and `to`. */
import type { Priority } from "./alarms";
import { look } from "./ask";
import type { Answer } from "./ask";
import type { Scalar, Words } from "./protocol";
import { query } from "./query";

/** It was not heard, or the hub was away. */
export interface Gap {
  readonly start: number;
  readonly end: number;
  readonly why: "not-heard" | "nobody-knows";
}

export interface Mark {
  readonly id: string;
  readonly key: string;
  readonly title: Words;
  readonly priority: Priority;
  readonly raised: number;
  readonly returned: number | null;
}

export interface TrendDevice {
  readonly device: string;
  readonly title: Words;
  /** Since when gaps are known; null: none is. */
  readonly heard_since: number | null;
  readonly gaps: readonly Gap[];
  /** Null: who asks may not see alarms. */
  readonly marks: readonly Mark[] | null;
  readonly more_marks: boolean;
}

/** In columns. A state has `ms` and `last` alone, and holds until the next. */
export interface TrendSeries {
  readonly device: string;
  readonly property: string;
  readonly title: Words;
  readonly unit: string | null;
  readonly type: string;
  readonly exact: boolean;
  readonly before: Scalar;
  readonly ms: readonly number[];
  readonly last: readonly Scalar[];
  readonly mean: readonly (number | null)[];
  readonly min: readonly (number | null)[];
  readonly max: readonly (number | null)[];
  readonly count: readonly number[];
  /** The mean by how long each value held in the step; empty: nobody can tell. */
  readonly weighted: readonly (number | null)[];
}

export interface Trend {
  readonly from: string;
  readonly to: string;
  readonly step_s: number;
  readonly zone: string;
  readonly series: readonly TrendSeries[];
  readonly devices: readonly TrendDevice[];
  /** As which files the same may be taken away. */
  readonly sheets: readonly string[];
}

/** For how long it was `value`, and how often it came to be so; `known` false: it was not heard, or the hub was away. */
export interface Held {
  readonly value: Scalar;
  readonly known: boolean;
  readonly seconds: number;
  readonly times: number;
}

/** The longest first; `day` is a civil one of the site. */
export interface Durations {
  readonly held: readonly Held[];
  readonly days: readonly { readonly day: string; readonly held: readonly Held[] }[];
}

const iso = (ms: number): string => new Date(ms).toISOString();

/** `of`: `site/kind/device/property` each. */
export function readTrend(of: readonly string[], fromMs: number, toMs: number, points: number): Promise<Answer<Trend>> {
  return look(`/trend${query({ of, from: iso(fromMs), to: iso(toMs), points })}`);
}

/** Of one property, `site/kind/device/property`. */
export function readDurations(of: string, fromMs: number, toMs: number): Promise<Answer<Durations>> {
  return look(`/durations${query({ of, from: iso(fromMs), to: iso(toMs) })}`);
}

/** Where a file of the same is to be had; `stepS` null: every value. */
export function sheetAddress(
  sheet: string,
  wanted: { readonly of: readonly string[]; readonly fromMs: number; readonly toMs: number; readonly stepS: number | null },
  language: string,
): string {
  const { of, fromMs, toMs, stepS } = wanted;
  return `/api/v1/trend.${sheet}${query({ of, from: iso(fromMs), to: iso(toMs), step: stepS, language })}`;
}
