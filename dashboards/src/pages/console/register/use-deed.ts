/** One thing that somebody has the register do: while it runs, and how it ended. */
import { ref, shallowRef } from "vue";
import { useSpeech } from "@/i18n";
import type { Answer, Refusal } from "@/live/ask";
import { spoken } from "./refusals";

export type Deed = ReturnType<typeof useDeed>;

/** `say`: puts a refusal in the viewer's language. */
export function useDeed(say: (refusal: Refusal, t: (key: string) => string) => Refusal = spoken) {
  const { t } = useSpeech();
  const busy = ref(false);
  const refusal = shallowRef<Refusal | null>(null);
  /** Somebody was first: what they left, as the hub shows it. */
  const stale = shallowRef<unknown>(null);
  const done = ref(false);

  /** What the hub answered; null: it did not do it, and the note says why. */
  async function run<Body>(call: () => Promise<Answer<Body>>): Promise<Body | null> {
    busy.value = true;
    done.value = false;
    const answer = await call();
    busy.value = false;
    const late = answer.kind === "refused" && answer.code === "stale-version";
    stale.value = late ? answer.problem["now"] : null;
    refusal.value = answer.kind === "done" || late ? null : say(answer, t);
    done.value = answer.kind === "done";
    return answer.kind === "done" ? answer.body : null;
  }

  function forget(): void {
    refusal.value = stale.value = null;
    done.value = false;
  }

  return { busy, refusal, stale, done, run, forget };
}
