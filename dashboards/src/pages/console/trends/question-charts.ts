/** The charts of ready answers: few bars, one scale, nothing that is not asked for. Pure. */
import type { ChartLook, ChartOption } from "@/components/chart-look";

export interface Bars {
  readonly name: string;
  readonly values: readonly (number | null)[];
  /** What it is compared with stands behind, in grey. */
  readonly quiet?: boolean;
  readonly stack?: string;
}

/** Nought has no outline. */
const NOTHING = { value: 0, itemStyle: { borderWidth: 0 } };

export function barsOption(names: readonly string[], unit: string, bars: readonly Bars[]) {
  return (look: ChartLook): ChartOption => ({
    grid: { left: 0.5 * look.rem, right: 0.5 * look.rem, top: 1.75 * look.rem, bottom: 0.25 * look.rem, containLabel: true },
    xAxis: { type: "category", data: [...names], axisLabel: { hideOverlap: true } },
    yAxis: { type: "value", name: unit, splitNumber: 3, ...(unit === "" ? { minInterval: 1 } : {}) },
    tooltip: { trigger: "axis", axisPointer: { type: "shadow" } },
    series: bars.map(({ name, values, quiet: behind, stack }, at) => ({
      type: "bar",
      name,
      data: values.map((each) => (each === 0 ? NOTHING : (each ?? "-"))),
      barMaxWidth: 1.5 * look.rem,
      ...(stack === undefined ? {} : { stack }),
      itemStyle: behind ? { color: look.quiet, opacity: 0.5 } : styleOf(at, look),
    })),
  });
}

/** Filled and outlined in turn, as in the passes of a day: no colour that asks for somebody. */
function styleOf(at: number, { moving, text }: ChartLook) {
  const color = at % 4 < 2 ? moving : text;
  return at % 2 === 0 ? { color } : { color: "transparent", borderColor: color, borderWidth: 2 };
}

/** How dark a cell is: 0 for none, 1 to 4 by its share of the most. */
export function shadeOf(count: number, most: number): number {
  return count <= 0 || most <= 0 ? 0 : Math.min(4, Math.ceil((4 * count) / most));
}
