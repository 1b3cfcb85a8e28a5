/** The chart of a trial: how many alarms there would have been over time, one row above the other. Pure. */
import type { ChartLook, ChartTable } from "@/components/chart-look";
import type { ZoomOption } from "@/components/chart-zoom";
import { LEAST } from "./zoom";
import type { Part } from "./zoom";

/** `bins`: how many alarms in each of equal parts of the stretch; `tried`: not what is in force. */
export interface Row {
  readonly name: string;
  readonly bins: readonly number[];
  readonly tried: boolean;
}

/** Heights in rem: of a row, of the name above it, and of the times below the last. */
const ROW = 5;
const NAME = 1.75;
const TIMES = 1.75;

export function heightOf(rows: readonly Row[]): number {
  return rows.length * (ROW + NAME) + TIMES;
}

/** `times`: when each part begins, in words. */
export function trialOption(rows: readonly Row[], times: readonly string[], part: Part, look: ChartLook): ZoomOption {
  const { rem } = look;
  const most = Math.max(1, ...rows.flatMap(({ bins }) => bins));
  const last = rows.length - 1;
  return {
    tooltip: { trigger: "axis", axisPointer: { type: "shadow" } },
    grid: rows.map((_, at) => ({
      left: 0,
      right: 0,
      top: (at * (ROW + NAME) + NAME) * rem,
      height: ROW * rem,
      // Both rows begin at the same place, whatever their names are.
      outerBoundsMode: "none",
    })),
    xAxis: rows.map((_, at) => ({
      type: "category",
      gridIndex: at,
      data: [...times],
      axisLabel: { show: at === last, hideOverlap: true, alignMinLabel: "left", alignMaxLabel: "right" },
    })),
    yAxis: rows.map(({ name }, at) => ({
      type: "value",
      gridIndex: at,
      max: most,
      name,
      nameTextStyle: { align: "left", fontSize: 0.875 * rem },
      nameGap: 0.5 * rem,
      axisLabel: { show: false },
      splitLine: { show: false },
    })),
    series: rows.map(({ name, bins, tried }, at) => ({
      type: "bar",
      name,
      xAxisIndex: at,
      yAxisIndex: at,
      data: [...bins],
      barCategoryGap: "10%",
      itemStyle: { color: tried ? look.moving : look.quiet },
      label: {
        show: true,
        position: "top",
        distance: 1,
        color: look.quiet,
        fontSize: 0.75 * rem,
        formatter: ({ value }) => (value === 0 ? "" : String(value)),
      },
    })),
    dataZoom: [
      {
        type: "inside",
        xAxisIndex: rows.map((_, at) => at),
        ...part,
        minSpan: LEAST,
        // A finger that pushes the page must not be held up.
        preventDefaultMouseMove: false,
      },
    ],
  };
}

/** The same in words and numbers, without the parts in which there was nothing. */
export function trialTable(rows: readonly Row[], times: readonly string[], from: string): ChartTable {
  const cells = times.map((time, at) => [time, ...rows.map(({ bins }) => bins[at] ?? 0)]);
  return {
    columns: [from, ...rows.map(({ name }) => name)],
    rows: cells.filter((row) => row.slice(1).some((count) => count !== 0)),
  };
}
