/** Whether what a key is about to act on was on the screen when the key was pressed. */
import { nextTick, watch } from "vue";

/** `what` names what is shown. Times are those of `performance.now` and of events. */
export function useSeen(what: () => string): (pressedMs: number) => boolean {
  let sinceMs = Infinity;
  let latest = 0;
  watch(
    what,
    async () => {
      const mine = ++latest;
      sinceMs = Infinity;
      await nextTick();
      // What was drawn in a frame is on the screen once that is over.
      requestAnimationFrame(() =>
        setTimeout(() => {
          if (mine === latest) sinceMs = performance.now();
        }),
      );
    },
    { immediate: true },
  );
  return (pressedMs) => pressedMs >= sinceMs;
}
