/** Alarms that were raised within a stretch of time, page by page, the newest first. */
import { computed, onScopeDispose, ref, shallowRef } from "vue";
import type { AlarmView } from "@/live/alarms";
import type { Refusal } from "@/live/ask";
import { findAlarms } from "@/live/alarm-calls";
import { alarmsWanted, stretchOf } from "./filters";
import type { Filters } from "./filters";

const PAGE_ROWS = 50;

export function useAlarms(asked: () => { readonly filters: Filters; readonly atMs: number }) {
  const rows = shallowRef<readonly AlarmView[] | null>(null);
  const next = ref<string | null>(null);
  const problem = shallowRef<Refusal | null>(null);
  const busy = ref(false);
  const trail = ref<readonly string[]>([]);
  let question = 0;

  async function load(): Promise<void> {
    const { filters, atMs } = asked();
    const [wanted, stretch] = [alarmsWanted(filters, atMs), stretchOf(filters, atMs)];
    if (wanted === null || stretch === null) return;
    const mine = ++question;
    const before = trail.value.at(-1);
    busy.value = true;
    const answer = await findAlarms({ ...wanted, ...(before === undefined ? {} : { before }), limit: PAGE_ROWS });
    if (mine !== question) return;
    busy.value = false;
    problem.value = answer.kind === "done" ? null : answer;
    if (answer.kind !== "done") return;
    const { alarms } = answer.body;
    rows.value = alarms.filter(({ raised }) => Date.parse(raised) >= stretch.fromMs);
    // What comes after one that is too old is older still.
    next.value = rows.value.length === alarms.length ? answer.body.next : null;
  }

  function go(to: readonly string[]): Promise<void> {
    trail.value = to;
    return load();
  }

  onScopeDispose(() => question++);
  return {
    rows,
    next,
    problem,
    busy,
    newestShown: computed(() => trail.value.length === 0),
    newest: () => go([]),
    newer: () => go(trail.value.slice(0, -1)),
    older: async () => {
      if (next.value !== null) await go([...trail.value, next.value]);
    },
  };
}
