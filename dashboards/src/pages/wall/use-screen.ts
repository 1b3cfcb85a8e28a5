/** Fits the page to the wall it is shown on: letters for the room, panes for the panels. */
import { computed, onScopeDispose, ref, watchEffect } from "vue";
import type { ComputedRef } from "vue";
import type { SiteWall } from "@/live/protocol";
import { remember, remembered } from "@/live/remembered";
import { rootPx } from "./letters";
import { keptSetup, setupOf } from "./setup";
import type { Seams } from "./setup";

const KEPT = "hemei.wall";
/** Below this it is a telephone, not a wall; as in the page's styles. */
const SMALL_SCREEN = "(width < 48rem)";

export interface Picture {
  /** In rem. */
  readonly width: number;
  readonly height: number;
}

export interface WallScreen {
  readonly picture: ComputedRef<Picture>;
  readonly seams: ComputedRef<Seams>;
}

/** Read and keep how the screen is set up, and set the size of all letters for as long as the page is open. */
export function useScreen(site: () => SiteWall | null): WallScreen {
  const kept = keptSetup(location.search, remembered(KEPT));
  remember(KEPT, kept);
  const size = ref({ width: innerWidth, height: innerHeight });
  const small = ref(matchMedia(SMALL_SCREEN).matches);
  const measure = (): void => {
    size.value = { width: innerWidth, height: innerHeight };
    small.value = matchMedia(SMALL_SCREEN).matches;
  };
  window.addEventListener("resize", measure);
  onScopeDispose(() => window.removeEventListener("resize", measure));

  const setup = computed(() => setupOf(kept, site()));
  const root = computed(() => (small.value ? null : rootPx(setup.value.viewing, size.value.height)));
  const rem = ref(16);
  watchEffect(() => {
    const { style } = document.documentElement;
    if (root.value === null) style.removeProperty("font-size");
    else style.fontSize = `${root.value}px`;
    rem.value = size.value.width > 0 ? parseFloat(getComputedStyle(document.documentElement).fontSize) : rem.value;
  });
  return {
    picture: computed(() => ({ width: size.value.width / rem.value, height: size.value.height / rem.value })),
    seams: computed(() => (small.value ? { columns: 1, rows: 1 } : setup.value.seams)),
  };
}
