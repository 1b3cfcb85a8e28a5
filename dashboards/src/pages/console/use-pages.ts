/** What the hub lists page by page, the newest first. No answer overtakes a later question. */
import { computed, onScopeDispose, ref, shallowRef } from "vue";
import type { Answer, Refusal } from "@/live/ask";

/** `read` asks for what stands before something, undefined: the newest; null: what is asked for makes no sense. */
export function usePages<Before, Page extends { readonly next: Before | null }>(
  read: (before: Before | undefined) => Promise<Answer<Page>> | null,
) {
  const page = shallowRef<Page | null>(null);
  const problem = shallowRef<Refusal | null>(null);
  const busy = ref(false);
  /** What was given as `before` for this page and those before it; empty on the newest. */
  const trail = shallowRef<readonly Before[]>([]);
  let question = 0;

  async function load(): Promise<void> {
    const asked = read(trail.value.at(-1));
    if (asked === null) return;
    const mine = ++question;
    busy.value = true;
    const answer = await asked;
    if (mine !== question) return;
    busy.value = false;
    problem.value = answer.kind === "done" ? null : answer;
    if (answer.kind === "done") page.value = answer.body;
  }

  function go(to: readonly Before[]): Promise<void> {
    trail.value = to;
    return load();
  }

  onScopeDispose(() => question++);
  return {
    page,
    problem,
    busy,
    next: computed(() => page.value?.next ?? null),
    newestShown: computed(() => trail.value.length === 0),
    load,
    newest: () => go([]),
    newer: () => go(trail.value.slice(0, -1)),
    older: async () => {
      const next = page.value?.next ?? null;
      if (next !== null) await go([...trail.value, next]);
    },
  };
}
