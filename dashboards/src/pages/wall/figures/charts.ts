/** The charts of the wall: thin, grey, without a scale of their own. Pure. */
import type { ChartLook, ChartOption } from "@/components/chart-look";
import type { HourOfDay } from "@/live/figures";

/** Between labels on the axis of hours. */
const LABEL_EVERY = 6;
/** The chart of a quiet day is not as high as that of a busy one. */
const LEAST_SCALE = 4;

/** Passes of an hour, both ways; null: the hour has not begun. */
export function passesOf({ in: came, out }: HourOfDay): number | null {
  return came === null || out === null ? null : came + out;
}

export function passesBefore({ in_before, out_before }: HourOfDay): number {
  return in_before + out_before;
}

/** Whether there is anything to draw: a chart of nothing is a gap. */
export function anyPasses(hours: readonly HourOfDay[]): boolean {
  return hours.some((hour) => (passesOf(hour) ?? 0) + passesBefore(hour) > 0);
}

/** Bars for today, a stepped line for the day it is compared with. */
export function hoursOption(hours: readonly HourOfDay[], names: readonly [today: string, before: string]) {
  const most = Math.max(LEAST_SCALE, ...hours.flatMap((hour) => [passesOf(hour) ?? 0, passesBefore(hour)]));
  return ({ quiet, text, rem }: ChartLook): ChartOption => ({
    grid: { left: 0, right: 0, top: 0.125 * rem, bottom: 1.125 * rem, containLabel: false },
    tooltip: { trigger: "axis" },
    xAxis: {
      type: "category",
      data: hours.map(({ hour }) => `${hour}`),
      axisLabel: { interval: (at) => at % LABEL_EVERY === 0, margin: 0.125 * rem },
    },
    yAxis: { type: "value", show: false, max: most },
    series: [
      { name: names[0], type: "bar", data: hours.map(passesOf), barCategoryGap: "30%", itemStyle: { color: quiet } },
      {
        name: names[1],
        type: "line",
        step: "middle",
        data: hours.map(passesBefore),
        symbol: "none",
        lineStyle: { color: text, width: Math.max(1, 0.0625 * rem), type: "dotted" },
        itemStyle: { color: text },
      },
    ],
  });
}

/** A bar for each zone, in the order given; null: not known. */
export function zonesOption(zones: readonly { readonly name: string; readonly litres: number | null }[]) {
  return ({ quiet, rem }: ChartLook): ChartOption => ({
    grid: { left: 0, right: 0, top: 0.125 * rem, bottom: 0.125 * rem },
    tooltip: { trigger: "axis" },
    xAxis: { type: "category", data: zones.map(({ name }) => name), axisLabel: { show: false } },
    yAxis: { type: "value", show: false, min: 0 },
    series: [
      {
        type: "bar",
        data: zones.map(({ litres }) => litres),
        barCategoryGap: "30%",
        barMaxWidth: 1.5 * rem,
        itemStyle: { color: quiet },
      },
    ],
  });
}
