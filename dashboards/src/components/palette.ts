/** The colours of this page: chosen by `?palette=`, by a press, or by the hour; kept in this browser. */
import { computed, ref, watchEffect } from "vue";
import { civilOf } from "@/i18n/calendar";
import { remember, remembered } from "@/live/remembered";
import { choosePalette, nextChoice, paletteAt } from "@/look/palette";
import type { PaletteChoice } from "@/look/palette";

const KEPT = "hemei.palette";
const LOOK_EVERY_MS = 20_000;

const choice = ref<PaletteChoice>("auto");
const nowMs = ref(0);
const palette = computed(() => paletteAt(choice.value, civilOf(nowMs.value).hour));

/** Call once, before the page is shown. */
export function followPalette(): void {
  choice.value = choosePalette(location.search, remembered(KEPT));
  remember(KEPT, choice.value);
  const look = (): void => {
    nowMs.value = Date.now();
  };
  look();
  setInterval(look, LOOK_EVERY_MS);
  watchEffect(() => {
    document.documentElement.dataset["palette"] = palette.value;
  });
}

export function usePalette() {
  return {
    choice,
    press: (): void => {
      choice.value = nextChoice(choice.value);
      remember(KEPT, choice.value);
    },
  };
}
