/** Charts that are zoomed by wheel, drag or pinch. */
import type { DataZoomComponentOption } from "echarts/components";
import type { ChartOption } from "./chart-look";

/** What comes from the place of a chart that was zoomed; `detail` is what it shows now, in percent of the whole. */
export const CHART_ZOOMED = "chartzoomed";

export type ZoomOption = ChartOption & { readonly dataZoom: DataZoomComponentOption[] };
