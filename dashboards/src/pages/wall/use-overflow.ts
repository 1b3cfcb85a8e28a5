/** Notices that what stands in a pane is higher than it: words break where no calculation foresees it. */
import { onScopeDispose, ref, watch } from "vue";
import type { Ref } from "vue";

/** More than that would leave nothing on the wall. */
const MOST = 40;

/**
 * How many times what stands in `panes` had to be made less. It grows while anything does not fit its pane, and begins
 * anew whenever `about` changes: what there is, and the room for it.
 */
export function useOverflow(panes: Readonly<Ref<readonly HTMLElement[] | null>>, about: () => unknown): Readonly<Ref<number>> {
  const less = ref(0);
  let due = false;
  const look = (): void => {
    due = false;
    const over = (panes.value ?? []).some((pane) => pane.scrollHeight > pane.clientHeight + 1);
    if (over && less.value < MOST) less.value += 1;
  };
  const soon = (): void => {
    if (due) return;
    due = true;
    requestAnimationFrame(look);
  };
  const observer = typeof ResizeObserver === "undefined" ? null : new ResizeObserver(soon);
  const follow = (): void => {
    observer?.disconnect();
    for (const pane of panes.value ?? []) for (const part of [pane, ...pane.children]) observer?.observe(part);
  };
  watch(about, () => (less.value = 0));
  watch([less, about], follow, { flush: "post", immediate: true });
  watch(() => panes.value?.length, follow, { flush: "post" });
  onScopeDispose(() => observer?.disconnect());
  return less;
}
