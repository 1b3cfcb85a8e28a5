/** A trial: begun, looked after until it is done, stopped when nobody looks any more. */
import { onScopeDispose, ref, shallowRef } from "vue";
import type { Ref, ShallowRef } from "vue";
import type { Refusal } from "@/live/ask";
import { beginTrial, cancelTrial, readTrial } from "@/live/definitions";
import type { Span, Trial, Wanted } from "@/live/definitions";

const EVERY_MS = 400;

export interface Trying {
  readonly trial: Readonly<ShallowRef<Trial | null>>;
  /** Why it was not begun, or cannot be looked after. */
  readonly refusal: Readonly<Ref<Refusal | null>>;
  readonly begin: (wanted: Wanted, days: Span) => Promise<void>;
  readonly cancel: () => Promise<void>;
}

export function useTrial(): Trying {
  const trial = shallowRef<Trial | null>(null);
  const refusal = ref<Refusal | null>(null);
  let timer = 0;

  const follow = async (id: string): Promise<void> => {
    const answer = await readTrial(id);
    if (trial.value?.id !== id) return;
    refusal.value = answer.kind === "done" ? null : answer;
    if (answer.kind === "done") trial.value = answer.body;
    if (trial.value.standing === "running") timer = window.setTimeout(() => void follow(id), EVERY_MS);
  };
  const cancel = async (): Promise<void> => {
    const running = trial.value;
    if (running?.standing === "running") await cancelTrial(running.id);
  };
  onScopeDispose(() => {
    window.clearTimeout(timer);
    void cancel();
    trial.value = null;
  });
  return {
    trial,
    refusal,
    cancel,
    begin: async (wanted, days) => {
      window.clearTimeout(timer);
      trial.value = null;
      const answer = await beginTrial(wanted, days);
      refusal.value = answer.kind === "done" ? null : answer;
      if (answer.kind !== "done") return;
      trial.value = answer.body;
      void follow(answer.body.id);
    },
  };
}
