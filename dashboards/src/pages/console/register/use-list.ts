/** A list of the register, page by page. Each look names people, and is in the audit: nothing is read unasked. */
import { computed, onScopeDispose, ref, shallowRef } from "vue";
import type { Answer, Refusal } from "@/live/ask";
import type { QueryValue } from "@/live/query";

interface Page {
  readonly total: number;
  readonly next: number | null;
}
type Wanted = Readonly<Record<string, QueryValue>>;

export const PAGE_ROWS = 50;

export function useList<P extends Page>(read: (wanted: Wanted) => Promise<Answer<P>>, filters: () => Wanted) {
  const page = shallowRef<P | null>(null);
  const problem = shallowRef<Refusal | null>(null);
  const after = ref(0);
  const busy = ref(false);
  let asked = 0;

  async function load(): Promise<void> {
    const mine = ++asked;
    busy.value = true;
    const answer = await read({ ...filters(), after: after.value, limit: PAGE_ROWS });
    if (mine !== asked) return;
    busy.value = false;
    problem.value = answer.kind === "done" ? null : answer;
    if (answer.kind === "done") page.value = answer.body;
  }

  function go(to: number): Promise<void> {
    after.value = Math.max(0, to);
    return load();
  }

  onScopeDispose(() => asked++);
  return {
    page,
    problem,
    after,
    busy,
    load,
    go,
    /** Somebody looked for something, or all of it. */
    narrowed: computed(() => Object.values(filters()).some((each) => each !== undefined && each !== "")),
  };
}
