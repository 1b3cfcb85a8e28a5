/** Disclosures page by page, the newest first. No answer overtakes a later question. */
import { computed, onScopeDispose, ref, shallowRef } from "vue";
import type { Refusal } from "@/live/ask";
import { readDisclosures } from "@/live/disclosures";
import type { Disclosure, DisclosurePage } from "@/live/disclosures";
import type { QueryValue } from "@/live/query";

const PAGE_ROWS = 50;

export function useDisclosures(wanted: () => Readonly<Record<string, QueryValue>>) {
  const page = shallowRef<DisclosurePage | null>(null);
  const problem = shallowRef<Refusal | null>(null);
  const trail = ref<readonly string[]>([]);
  let question = 0;

  async function load(): Promise<void> {
    const mine = ++question;
    const answer = await readDisclosures({ ...wanted(), before: trail.value.at(-1), limit: PAGE_ROWS });
    if (mine !== question) return;
    problem.value = answer.kind === "done" ? null : answer;
    if (answer.kind === "done") page.value = answer.body;
  }

  function go(to: readonly string[]): Promise<void> {
    trail.value = to;
    return load();
  }

  onScopeDispose(() => question++);
  return {
    page,
    problem,
    rows: computed<readonly Disclosure[]>(() => page.value?.exports ?? []),
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
