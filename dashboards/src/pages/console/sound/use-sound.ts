/** The console's sound: allowed by a press, silenced by another; silencing changes nothing but what is heard. */
import { computed, onScopeDispose, ref, watchEffect } from "vue";
import type { ComputedRef, Ref } from "vue";
import type { Case } from "@/live/cases";
import { Player } from "./player";
import { callsOf, soundOf } from "./patterns";

export interface Sound {
  /** Whether the browser lets us be heard. */
  readonly allowed: Readonly<Ref<boolean>>;
  /** Whether something sounds, or would if it were allowed. */
  readonly sounding: ComputedRef<boolean>;
  readonly silence: () => void;
  readonly allow: () => Promise<void>;
}

export function useSound(listed: () => readonly Case[]): Sound {
  const player = new Player();
  const allowed = ref(false);
  const silenced = ref<ReadonlySet<string>>(new Set());
  const wanted = computed(() => soundOf(listed(), silenced.value));
  const allow = async (): Promise<void> => {
    allowed.value = await player.allow();
  };
  watchEffect(() => {
    player.play(allowed.value ? wanted.value : null);
  });
  // Not when the finger comes down: what then moves in the header would lead the press astray.
  const events = ["click", "keydown"] as const;
  const first = (): void => {
    void allow();
    for (const event of events) window.removeEventListener(event, first);
  };
  for (const event of events) window.addEventListener(event, first);
  onScopeDispose(() => {
    for (const event of events) window.removeEventListener(event, first);
    player.play(null);
  });
  return {
    allowed,
    sounding: computed(() => wanted.value !== null),
    silence: () => {
      silenced.value = new Set(callsOf(listed()));
    },
    allow,
  };
}
