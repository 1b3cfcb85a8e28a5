/** Charging orders page by page, the newest first. No answer overtakes a later question. */
import { computed, onScopeDispose, ref, shallowRef } from "vue";
import type { Refusal } from "@/live/ask";
import { readOrders } from "@/live/charging-desk";
import type { OrderPage } from "@/live/charging-desk";
import type { QueryValue } from "@/live/query";

const PAGE_ROWS = 30;

export function useOrders(wanted: () => Readonly<Record<string, QueryValue>>) {
  const page = shallowRef<OrderPage | null>(null);
  const problem = shallowRef<Refusal | null>(null);
  /** What was given as `before` for this page and those before it; empty on the newest. */
  const trail = ref<readonly number[]>([]);
  let question = 0;

  async function load(): Promise<void> {
    const mine = ++question;
    const answer = await readOrders({ ...wanted(), before: trail.value.at(-1), limit: PAGE_ROWS });
    if (mine !== question) return;
    problem.value = answer.kind === "done" ? null : answer;
    if (answer.kind === "done") page.value = answer.body;
  }

  function go(to: readonly number[]): Promise<void> {
    trail.value = to;
    return load();
  }

  onScopeDispose(() => question++);
  return {
    page,
    problem,
    load,
    newestShown: computed(() => trail.value.length === 0),
    newest: () => go([]),
    newer: () => go(trail.value.slice(0, -1)),
    older: () => go(page.value?.next == null ? trail.value : [...trail.value, page.value.next]),
  };
}
