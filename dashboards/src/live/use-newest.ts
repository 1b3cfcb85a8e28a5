/** Has a screen that nobody sits at load a newer build of its page by itself. */
import { onScopeDispose, ref, watch } from "vue";
import { filesOf, isOther, servedFiles } from "./served";
import type { Live } from "./use-live";

/** A hub that was put up anew is asked at once; pages that are put in place under a running one are found by this. */
const LOOK_EVERY_MS = 300_000;
/** Where no whole page was served: it may just be being put in place. */
const AGAIN_MS = 10_000;

/**
 * Load the page anew once the hub serves another build, and only where `may` says that nobody is looking at something
 * that must not go away. What is loaded then is that build, so it does not load itself again.
 */
export function useNewest(live: Live, may: () => boolean): void {
  const own = filesOf(document.documentElement.outerHTML);
  const newer = ref(false);
  let soon: ReturnType<typeof setTimeout> | undefined;
  const look = async (): Promise<void> => {
    clearTimeout(soon);
    const served = await servedFiles(location.pathname, own);
    newer.value = served !== null && isOther(own, served);
    if (served === null) soon = setTimeout(() => void look(), AGAIN_MS);
  };
  const timer = setInterval(() => void look(), LOOK_EVERY_MS);
  onScopeDispose(() => {
    clearInterval(timer);
    clearTimeout(soon);
  });
  watch(
    () => live.state.value.stream,
    (stream, before) => {
      if (stream !== null && before !== null) void look();
    },
  );
  watch(
    () => newer.value && live.phase.value === "live" && may(),
    (now) => {
      if (now) location.reload();
    },
  );
}
