/** Alarms that were raised within a stretch of time, page by page. */
import { computed } from "vue";
import type { AlarmView } from "@/live/alarms";
import type { Answer } from "@/live/ask";
import { findAlarms } from "@/live/alarm-calls";
import { usePages } from "@/pages/console/use-pages";
import { alarmsWanted, stretchOf } from "./filters";
import type { Filters } from "./filters";

const PAGE_ROWS = 50;

interface AlarmPage {
  readonly alarms: readonly AlarmView[];
  readonly next: string | null;
}

export function useAlarms(asked: () => { readonly filters: Filters; readonly atMs: number }) {
  const pages = usePages<string, AlarmPage>((before) => {
    const { filters, atMs } = asked();
    const [wanted, stretch] = [alarmsWanted(filters, atMs), stretchOf(filters, atMs)];
    if (wanted === null || stretch === null) return null;
    const found = findAlarms({ ...wanted, ...(before === undefined ? {} : { before }), limit: PAGE_ROWS });
    return found.then((answer) => since(answer, stretch.fromMs));
  });
  return { ...pages, rows: computed(() => pages.page.value?.alarms ?? null) };
}

/** Leave out what was raised earlier; what comes after one that is too old is older still. */
function since(answer: Answer<AlarmPage>, fromMs: number): Answer<AlarmPage> {
  if (answer.kind !== "done") return answer;
  const alarms = answer.body.alarms.filter(({ raised }) => Date.parse(raised) >= fromMs);
  const next = alarms.length === answer.body.alarms.length ? answer.body.next : null;
  return { ...answer, body: { alarms, next } };
}
