/** How much a line has to leave out so that the rest stands in it: words are as long as their language makes them. */
import { onMounted, onScopeDispose, ref, watch } from "vue";
import type { Ref } from "vue";

/** Steps there are to take. */
const MOST = 4;
/** A line that changes by more is another line. */
const SLACK = 1.05;

/** 0: all of it has room. Begins anew when the line's width or `about` changes. */
export function useTight(line: Readonly<Ref<HTMLElement | null>>, about: () => unknown): Readonly<Ref<number>> {
  const tight = ref(0);
  let width = 0;

  function look(): void {
    if (line.value === null) return;
    if (line.value.clientWidth > width * SLACK || line.value.clientWidth < width / SLACK) tight.value = 0;
    width = line.value.clientWidth;
    if (line.value.scrollWidth > width + 1 && tight.value < MOST) tight.value += 1;
  }

  const sizes = new ResizeObserver(look);
  const follow = (): void => {
    sizes.disconnect();
    if (line.value === null) return;
    for (const part of [line.value, ...line.value.children]) sizes.observe(part);
  };
  watch(about, () => (tight.value = 0));
  watch([tight, about], follow, { flush: "post" });
  onMounted(follow);
  onScopeDispose(() => sizes.disconnect());
  return tight;
}
