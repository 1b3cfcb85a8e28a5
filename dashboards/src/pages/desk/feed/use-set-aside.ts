/** What was set aside, page by page, the newest first. No answer overtakes a later question. */
import { computed, onScopeDispose, ref, shallowRef } from "vue";
import type { Refusal } from "@/live/ask";
import { readSetAside } from "@/live/feed";
import type { AsidePage } from "@/live/feed";

export function useSetAside() {
  const page = shallowRef<AsidePage | null>(null);
  const problem = shallowRef<Refusal | null>(null);
  const trail = ref<readonly number[]>([]);
  let question = 0;

  async function load(): Promise<void> {
    const mine = ++question;
    const answer = await readSetAside(trail.value.at(-1));
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
    items: computed(() => page.value?.set_aside ?? null),
    next: computed(() => page.value?.next ?? null),
    newestShown: computed(() => trail.value.length === 0),
    problem,
    load,
    newest: () => go([]),
    newer: () => go(trail.value.slice(0, -1)),
    older: async () => {
      const next = page.value?.next ?? null;
      if (next !== null) await go([...trail.value, next]);
    },
  };
}
