/** The hub's figures of the day, asked for again and again while somebody may see them. */
import { onScopeDispose, ref, watch } from "vue";
import type { Ref } from "vue";
import { readWallFigures } from "@/live/figures";
import type { WallFigures } from "@/live/figures";

const EVERY_MS = 15_000;
/** By then a figure should have come anew three times. */
export const OLD_AFTER_MS = 45_000;

export interface Told {
  /** The newest that were told, whatever came of the last question; null: none yet. */
  readonly figures: WallFigures | null;
  /** Whether the last question was answered. */
  readonly answered: boolean;
}

/** `live`: whether this screen hears the hub; when it does again, the figures are asked for at once. */
export function useWallFigures(live: () => boolean): Readonly<Ref<Told>> {
  const told = ref<Told>({ figures: null, answered: true });
  let asking = false;

  async function ask(): Promise<void> {
    if (asking || document.hidden || !live()) return;
    asking = true;
    const answer = await readWallFigures();
    asking = false;
    told.value =
      answer.kind === "done"
        ? { figures: answer.body, answered: true }
        : { figures: told.value.figures, answered: false };
  }

  const again = (): void => void ask();
  const interval = window.setInterval(again, EVERY_MS);
  document.addEventListener("visibilitychange", again);
  watch(live, again, { immediate: true });
  onScopeDispose(() => {
    window.clearInterval(interval);
    document.removeEventListener("visibilitychange", again);
  });
  return told;
}
