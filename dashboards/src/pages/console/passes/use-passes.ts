/** Passes page by page, the newest first. No answer overtakes a later question. */
import { computed, onScopeDispose, ref, shallowRef } from "vue";
import type { Refusal } from "@/live/ask";
import { readPasses } from "@/live/passes";
import type { PassesWanted, PassPage } from "@/live/passes";

export const PAGE_ROWS = 50;

/** `wanted` null: what is asked for makes no sense, so nothing is read. */
export function usePasses(wanted: () => PassesWanted | null) {
  const page = shallowRef<PassPage | null>(null);
  const problem = shallowRef<Refusal | null>(null);
  const busy = ref(false);
  /** What was given as `before` for this page and those before it; empty on the newest. */
  const trail = ref<readonly string[]>([]);
  let question = 0;

  async function load(): Promise<void> {
    const asked = wanted();
    if (asked === null) return;
    const mine = ++question;
    const before = trail.value.at(-1);
    busy.value = true;
    const answer = await readPasses({ ...asked, ...(before === undefined ? {} : { before }), limit: PAGE_ROWS });
    if (mine !== question) return;
    busy.value = false;
    problem.value = answer.kind === "done" ? null : answer;
    if (answer.kind === "done") page.value = answer.body;
  }

  function go(to: readonly string[]): Promise<void> {
    trail.value = to;
    return load();
  }

  async function older(): Promise<void> {
    const next = page.value?.next ?? null;
    if (next !== null) await go([...trail.value, next]);
  }

  onScopeDispose(() => question++);
  return {
    page,
    problem,
    busy,
    newestShown: computed(() => trail.value.length === 0),
    load,
    older,
    newer: () => go(trail.value.slice(0, -1)),
    newest: () => go([]),
  };
}
