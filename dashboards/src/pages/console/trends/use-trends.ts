/** Reads what was chosen: so much time, and the same before it if that is compared. */
import { onScopeDispose, ref, shallowRef } from "vue";
import type { Answer, Refusal } from "@/live/ask";
import { readTrend } from "@/live/trends";
import type { Trend } from "@/live/trends";
import { before, loadedFor, stretchOf } from "./choice";
import type { Choice, Stretch } from "./choice";

export interface Read {
  readonly choice: Choice;
  /** What is shown, and what was read around it. */
  readonly shown: Stretch;
  readonly loaded: Stretch;
  readonly trend: Trend;
  readonly earlier: Trend | null;
}

/** As many as a wide screen has pixels; twice that is read. */
const POINTS = 1600;

export function useTrends() {
  const read = shallowRef<Read | null>(null);
  const problem = shallowRef<Refusal | null>(null);
  const busy = ref(false);
  let asked = 0;

  async function ask(choice: Choice, nowMs: number): Promise<void> {
    const mine = ++asked;
    if (choice.of.length === 0) return forget();
    busy.value = true;
    const shown = stretchOf(choice, nowMs);
    const loaded = loadedFor(shown, nowMs);
    const wanted = choice.compare ? [loaded, earlierOf(loaded, shown)] : [loaded];
    const answers = await Promise.all(wanted.map(({ fromMs, toMs }) => readTrend(choice.of, fromMs, toMs, POINTS)));
    if (mine !== asked) return;
    busy.value = false;
    problem.value = answers.find((each): each is Refusal => each.kind !== "done") ?? null;
    const [trend, earlier] = bodies(answers);
    if (problem.value === null && trend !== undefined) read.value = { choice, shown, loaded, trend, earlier: earlier ?? null };
  }

  function forget(): void {
    read.value = null;
    problem.value = null;
    busy.value = false;
  }

  onScopeDispose(() => asked++);
  return { read, problem, busy, ask };
}

/** What was read, as long before as what is shown is long. */
export function earlierOf(loaded: Stretch, shown: Stretch): Stretch {
  const ms = shown.fromMs - before(shown).fromMs;
  return { fromMs: loaded.fromMs - ms, toMs: loaded.toMs - ms };
}

function bodies(answers: readonly Answer<Trend>[]): readonly Trend[] {
  return answers.flatMap((each) => (each.kind === "done" ? [each.body] : []));
}
