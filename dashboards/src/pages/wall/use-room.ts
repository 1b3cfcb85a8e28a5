/** How much room an element's content has, in rem. */
import { onMounted, onScopeDispose, ref } from "vue";
import type { Ref } from "vue";

export interface Room {
  readonly width: number;
  readonly height: number;
  /** From the top of the picture. */
  readonly top: number;
}

/** Below this the page scrolls as a whole; as in the page's styles. */
const SMALL_SCREEN = "(width < 48rem)";

/** The inner size of `element`, which must not depend on what is in it; the height is endless on a small screen. */
export function useRoom(element: Readonly<Ref<HTMLElement | null>>): Readonly<Ref<Room>> {
  const room = ref<Room>({ width: 0, height: 0, top: 0 });
  const observer = new ResizeObserver(() => {
    if (element.value === null) return;
    const rem = parseFloat(getComputedStyle(document.documentElement).fontSize);
    const endless = matchMedia(SMALL_SCREEN).matches;
    room.value = {
      width: element.value.clientWidth / rem,
      height: endless ? Infinity : element.value.clientHeight / rem,
      top: element.value.offsetTop / rem,
    };
  });
  onMounted(() => {
    if (element.value !== null) observer.observe(element.value);
  });
  onScopeDispose(() => {
    observer.disconnect();
  });
  return room;
}

/** How high an element is, in rem; 0 before it is shown. */
export function useHeight(element: Readonly<Ref<HTMLElement | null>>): Readonly<Ref<number>> {
  const height = ref(0);
  const observer = typeof ResizeObserver === "undefined" ? null : new ResizeObserver(() => {
    const rem = parseFloat(getComputedStyle(document.documentElement).fontSize);
    height.value = (element.value?.offsetHeight ?? 0) / rem;
  });
  onMounted(() => {
    if (element.value !== null) observer?.observe(element.value);
  });
  onScopeDispose(() => observer?.disconnect());
  return height;
}
