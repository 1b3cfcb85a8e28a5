/** Reads again when there is news, not too often, and now and then without any; never for a page nobody sees. */
import { onScopeDispose, watch } from "vue";

const AT_MOST_EVERY_MS = 2_000;

/** `news`: what changes when there is something new. `may`: whether to read again unasked. */
export function useRefresh(read: () => Promise<void>, news: () => unknown, may: () => boolean, everyMs: number): void {
  let readAt = performance.now();
  let timer = 0;

  function run(): void {
    timer = 0;
    if (document.hidden || !may()) return;
    readAt = performance.now();
    void read();
  }

  function plan(): void {
    if (timer === 0) timer = window.setTimeout(run, Math.max(0, readAt + AT_MOST_EVERY_MS - performance.now()));
  }

  const interval = window.setInterval(plan, everyMs);
  document.addEventListener("visibilitychange", plan);
  watch(news, plan);
  onScopeDispose(() => {
    window.clearInterval(interval);
    window.clearTimeout(timer);
    document.removeEventListener("visibilitychange", plan);
  });
}
