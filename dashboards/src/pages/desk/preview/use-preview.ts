/** What will leave of a scope on a basis: asked for once by a press, and out of date as soon as either changes. */
import { computed, onScopeDispose, ref, shallowRef } from "vue";
import { useSpeech } from "@/i18n";
import type { Refusal } from "@/live/ask";
import { previewOf } from "@/live/disclosures";
import type { Preview, Scope } from "@/live/disclosures";
import { spoken } from "../refusals";

export interface Asked {
  readonly basis: string;
  readonly scope: Scope;
}

/** `asked` null: there is not yet anything to ask. */
export function usePreview(asked: () => Asked | null) {
  const { t } = useSpeech();
  const shown = shallowRef<{ of: string; preview: Preview } | null>(null);
  const refusal = shallowRef<Refusal | null>(null);
  const busy = ref(false);
  let question = 0;

  const now = computed(() => JSON.stringify(asked()));

  async function look(): Promise<void> {
    const wanted = asked();
    if (wanted === null) return;
    const [mine, of] = [++question, now.value];
    busy.value = true;
    const answer = await previewOf(wanted.basis, wanted.scope);
    if (mine !== question) return;
    busy.value = false;
    refusal.value = answer.kind === "done" ? null : spoken(answer, t);
    shown.value = answer.kind === "done" ? { of, preview: answer.body } : null;
  }

  function forget(): void {
    question += 1;
    busy.value = false;
    shown.value = refusal.value = null;
  }

  onScopeDispose(() => question++);
  return {
    preview: computed(() => shown.value?.preview ?? null),
    /** Whether it is what would leave now. */
    current: computed(() => shown.value !== null && shown.value.of === now.value),
    refusal,
    busy,
    look,
    forget,
  };
}
