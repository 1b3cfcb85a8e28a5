/** How large a plan is shown in a frame that scrolls; what was in the middle stays there. */
import { computed, nextTick, ref } from "vue";

const SIZES = [1, 1.5, 2, 3, 4, 6] as const;

/** `middle`: what to keep in sight, from 0 to 1 over the plan; null: what is in the middle of the frame. */
export function useZoom(
  frame: () => HTMLElement | null,
  middle: () => { readonly x: number; readonly y: number } | null,
) {
  const at = ref(0);
  const size = computed(() => SIZES[at.value] ?? 1);

  async function zoom(by: 1 | -1): Promise<void> {
    const seen = frame();
    if (seen === null) return;
    const { x, y } = middle() ?? {
      x: (seen.scrollLeft + seen.clientWidth / 2) / seen.scrollWidth,
      y: (seen.scrollTop + seen.clientHeight / 2) / seen.scrollHeight,
    };
    at.value = Math.min(SIZES.length - 1, Math.max(0, at.value + by));
    await nextTick();
    seen.scrollTo(x * seen.scrollWidth - seen.clientWidth / 2, y * seen.scrollHeight - seen.clientHeight / 2);
  }

  return { size, zoom, least: computed(() => at.value === 0), most: computed(() => at.value === SIZES.length - 1) };
}
