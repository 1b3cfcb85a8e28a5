/** The chart of numbers of one unit: lines, thin ones of the lowest and highest, the span before, alarms. Pure. */
import type { ChartLook } from "@/components/chart-look";
import type { ZoomOption } from "@/components/chart-zoom";
import type { Stretch } from "./choice";
import type { LinePoint } from "./lines";

export interface Line {
  readonly name: string;
  readonly points: readonly LinePoint[];
  /** Empty where they would say nothing more. */
  readonly lows: readonly LinePoint[];
  readonly highs: readonly LinePoint[];
  /** The same span before; empty: it is not compared. */
  readonly earlier: readonly LinePoint[];
}

export interface Drawn {
  readonly lines: readonly Line[];
  readonly unit: string | null;
  readonly loaded: Stretch;
  readonly part: { readonly start: number; readonly end: number };
  readonly alarms: readonly { readonly ms: number; readonly name: string }[];
  readonly earlierName: (name: string) => string;
  readonly moment: (ms: number) => string;
  readonly say: (value: number) => string;
}

const DASHES = ["solid", "dashed", "dotted"] as const;

/** Lines differ in form as in colour: which of three colours, and which of three dashes. */
export function formOf(at: number): { readonly colour: number; readonly dash: (typeof DASHES)[number] } {
  return { colour: at % 3, dash: DASHES[Math.floor(at / 3) % 3] ?? "solid" };
}

export function trendOption(drawn: Drawn, look: ChartLook): ZoomOption {
  const { rem } = look;
  const colours = [look.moving, look.attention, look.text];
  const line = (points: readonly LinePoint[], name: string, style: object, at: number) => ({
    type: "line" as const,
    name,
    step: "end" as const,
    connectNulls: false,
    data: points.map(([ms, value]) => [ms, value]),
    itemStyle: { color: colours[formOf(at).colour] ?? look.text },
    lineStyle: { color: colours[formOf(at).colour] ?? look.text, type: formOf(at).dash, width: rem / 8, ...style },
  });
  const thin = { width: rem / 16, opacity: 0.45 };
  const marks = {
    silent: true,
    symbol: "none",
    label: { show: false },
    lineStyle: { color: look.alarm, width: rem / 8, type: "dashed" as const },
    data: drawn.alarms.map(({ ms, name }) => ({ xAxis: ms, name })),
  };
  return {
    grid: { left: 0.5 * rem, right: 1 * rem, top: 1.75 * rem, bottom: 0.25 * rem, containLabel: true },
    xAxis: {
      type: "time",
      min: drawn.loaded.fromMs,
      max: drawn.loaded.toMs,
      axisLabel: { formatter: (ms: number) => drawn.moment(ms), hideOverlap: true },
    },
    yAxis: { type: "value", name: drawn.unit ?? "", nameGap: 0.75 * rem, scale: true, splitNumber: 4 },
    tooltip: { trigger: "axis", valueFormatter: (value) => (typeof value === "number" ? drawn.say(value) : "—") },
    series: drawn.lines.flatMap((each, at) =>
      [
        line(each.earlier, drawn.earlierName(each.name), { type: "dotted", width: rem / 16 }, at),
        line(each.lows, `${each.name} ↓`, thin, at),
        line(each.highs, `${each.name} ↑`, thin, at),
        { ...line(each.points, each.name, {}, at), ...(at === 0 ? { markLine: marks } : {}) },
      ].filter(({ data, name }) => data.length > 0 || name === each.name),
    ),
    // A finger that pushes the page must not be held up.
    dataZoom: [{ type: "inside", filterMode: "none", ...drawn.part, preventDefaultMouseMove: false }],
  };
}
