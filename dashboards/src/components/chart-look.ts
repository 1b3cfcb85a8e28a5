/** How every chart looks, from the page's colours and letters. Pure, but for `lookOf`. */
import type { BarSeriesOption, LineSeriesOption } from "echarts/charts";
import type { GridComponentOption, MarkLineComponentOption, TooltipComponentOption } from "echarts/components";
import type { ComposeOption } from "echarts/core";

export type ChartOption = ComposeOption<
  BarSeriesOption | LineSeriesOption | GridComponentOption | MarkLineComponentOption | TooltipComponentOption
>;

/** The same in words and numbers, for those who hear a chart. */
export interface ChartTable {
  readonly columns: readonly string[];
  readonly rows: readonly (readonly (string | number)[])[];
}

/** Colours by the names of their tokens; `rem`: how many px a rem is. */
export interface ChartLook {
  readonly text: string;
  readonly quiet: string;
  readonly line: string;
  readonly raised: string;
  readonly moving: string;
  readonly attention: string;
  readonly alarm: string;
  readonly font: string;
  readonly rem: number;
}

/** What the page's palette and letters are at this moment. */
export function lookOf(root: HTMLElement): ChartLook {
  const style = getComputedStyle(root);
  const token = (name: string): string => style.getPropertyValue(name).trim();
  return {
    text: token("--text"),
    quiet: token("--quiet"),
    line: token("--line"),
    raised: token("--raised"),
    moving: token("--moving-ink"),
    attention: token("--attention-ink"),
    alarm: token("--alarm-ink"),
    font: token("--sans"),
    rem: parseFloat(style.fontSize),
  };
}

/** Thin lines, grey words, nothing that moves. Tooltips are drawn: in HTML they would need styles that the hub forbids. */
export function themeOf({ text, quiet, line, raised, moving, attention, font, rem }: ChartLook): object {
  const letters = { color: quiet, fontFamily: font, fontSize: 0.875 * rem };
  const axis = {
    axisLine: { lineStyle: { color: line } },
    axisTick: { show: false },
    axisLabel: letters,
    nameTextStyle: letters,
    splitLine: { lineStyle: { color: line, opacity: 0.5 } },
  };
  return {
    animation: false,
    backgroundColor: "transparent",
    color: [moving, quiet, attention],
    textStyle: letters,
    categoryAxis: { ...axis, splitLine: { show: false } },
    timeAxis: { ...axis, splitLine: { show: false } },
    valueAxis: { ...axis, axisLine: { show: false } },
    line: { symbol: "none", lineStyle: { width: 0.125 * rem } },
    tooltip: {
      renderMode: "richText",
      transitionDuration: 0,
      backgroundColor: raised,
      borderColor: line,
      textStyle: { ...letters, color: text },
      axisPointer: { lineStyle: { color: quiet }, crossStyle: { color: quiet } },
    },
  };
}
