/** Something that somebody asks the hub to do: while it runs, and why it was not done, in their language. */
import { ref, shallowRef } from "vue";
import { useSpeech } from "@/i18n";
import words from "@/i18n/admin-people.zh-CN";
import type { Answer, Refusal } from "@/live/ask";
import { spokenIn } from "./spoken";

export type Asking = ReturnType<typeof useAsking>;

export function useAsking() {
  const { t } = useSpeech();
  const busy = ref(false);
  const refusal = shallowRef<Refusal | null>(null);

  /** What the hub answered; null: it did not do it, and `refusal` says why. */
  async function run<Body>(call: () => Promise<Answer<Body>>): Promise<{ body: Body } | null> {
    busy.value = true;
    const answer = await call();
    busy.value = false;
    refusal.value = answer.kind === "done" ? null : spokenIn({ accessCode: words.accessCode }, answer, t);
    return answer.kind === "done" ? { body: answer.body } : null;
  }

  return { busy, refusal, run };
}
