/** The parts of ECharts that the pages use. Loaded only by a page that draws a chart: import it with `import()` alone. */
import { BarChart, LineChart } from "echarts/charts";
import { DataZoomInsideComponent, GridComponent, MarkLineComponent, TooltipComponent } from "echarts/components";
import { init as initialise, use } from "echarts/core";
import type { ECharts } from "echarts/core";
import { SVGRenderer } from "echarts/renderers";
import { CHART_ZOOMED } from "./chart-zoom";
import type { ZoomOption } from "./chart-zoom";

use([BarChart, LineChart, DataZoomInsideComponent, GridComponent, MarkLineComponent, TooltipComponent, SVGRenderer]);

/** A chart that is zoomed says so around its place. */
export function init(...asked: Parameters<typeof initialise>): ECharts {
  const chart = initialise(...asked);
  chart.on("datazoom", () => {
    const [zoom] = (chart.getOption() as ZoomOption).dataZoom;
    const detail = { start: zoom?.start ?? 0, end: zoom?.end ?? 100 };
    chart.getDom().dispatchEvent(new CustomEvent(CHART_ZOOMED, { bubbles: true, detail }));
  });
  return chart;
}
