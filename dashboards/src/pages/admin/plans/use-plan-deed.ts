/** Something that somebody does to the plans, and why it was not done, in their language. */
import { computed } from "vue";
import { useAsking } from "@/components/asking";
import { spokenIn } from "@/components/spoken";
import { useSpeech } from "@/i18n";
import words from "@/i18n/admin-plans.zh-CN";
import type { Refusal } from "@/live/ask";

export function usePlanDeed() {
  const { t } = useSpeech();
  const { busy, refusal, run } = useAsking();
  const said = computed((): Refusal | null => {
    const why = refusal.value;
    return why === null ? null : spokenIn({ planCode: words.planCode }, why, t);
  });
  return { busy, refusal: said, run };
}
