/**
 * The beat to which all symbols blink together: once a second, far below the three flashes of WCAG 2.2, 2.3.1.
 *
 * An attribute of the page and no animation of each symbol: a browser gives everything animated a layer of its own, and
 * a wall has hundreds.
 */
import { onMounted, onScopeDispose, watch } from "vue";

const HALF_MS = 500;
const blinking = new Set<symbol>();
let timer: ReturnType<typeof setInterval> | null = null;

/** Take part while `on` says so; while nobody does, nothing runs. */
export function useBeat(on: () => boolean): void {
  const me = Symbol("blinks");
  onMounted(() => {
    watch(on, (blinks) => (blinks ? join(me) : leave(me)), { immediate: true });
  });
  onScopeDispose(() => {
    leave(me);
  });
}

function join(me: symbol): void {
  blinking.add(me);
  timer ??= setInterval(() => {
    const { dataset } = document.body;
    dataset["beat"] = dataset["beat"] === "off" ? "on" : "off";
  }, HALF_MS);
}

function leave(me: symbol): void {
  if (!blinking.delete(me) || blinking.size > 0 || timer === null) return;
  clearInterval(timer);
  timer = null;
  delete document.body.dataset["beat"];
}
