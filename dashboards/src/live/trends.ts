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
}

export interface Trend {
  readonly from: string;
  readonly to: string;
  readonly step_s: number;
  readonly zone: string;
  readonly series: readonly TrendSeries[];
  readonly devices: readonly TrendDevice[];
}

const iso = (ms: number): string => new Date(ms).toISOString();

/** `of`: `site/kind/device/property` each. */
export function readTrend(of: readonly string[], fromMs: number, toMs: number, points: number): Promise<Answer<Trend>> {
  return look(`/trend${query({ of, from: iso(fromMs), to: iso(toMs), points })}`);
}

export const SHEETS = ["csv", "xlsx"] as const;
export type Sheet = (typeof SHEETS)[number];

/** Where a file of the same is to be had; `stepS` null: every value. */
export function sheetAddress(
  sheet: Sheet,
  wanted: { readonly of: readonly string[]; readonly fromMs: number; readonly toMs: number; readonly stepS: number | null },
  language: string,
): string {
  const { of, fromMs, toMs, stepS } = wanted;
  return `/api/v1/trend.${sheet}${query({ of, from: iso(fromMs), to: iso(toMs), step: stepS, language })}`;
}
