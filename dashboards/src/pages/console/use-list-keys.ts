/** Walking through a list with the keyboard, as through the alarms: j and k, Enter into what is open, Esc back. */
import { nextTick, watch } from "vue";
import { useCommands } from "./keyboard";
import { placeOf } from "./keys";

interface Walk {
  /** What is listed, in order, and which of it is open. */
  readonly listed: () => readonly string[];
  readonly opened: () => string | null;
  /** Open it; `instead`: going back does not return here. */
  readonly open: (id: string | null, instead: boolean) => void;
  /** Have what is open take the focus. */
  readonly enter: () => void;
}

/** One further (`step` 1) or back (-1); the ends hold. From nowhere it is the first. */
export function stepIn(listed: readonly string[], opened: string | null, step: 1 | -1): string | null {
  const at = listed.indexOf(opened ?? "");
  if (at < 0) return listed[0] ?? null;
  return listed[Math.min(listed.length - 1, Math.max(0, at + step))] ?? null;
}

export function useListKeys({ listed, opened, open, enter }: Walk): void {
  function walk(step: 1 | -1): void {
    const to = stepIn(listed(), opened(), step);
    if (to !== null) open(to, opened() !== null);
  }

  function back(): void {
    const focused = document.activeElement;
    if (focused instanceof HTMLElement && placeOf(focused) === "field") focused.blur();
    else if (opened() !== null) open(null, false);
  }

  useCommands({ next: () => walk(1), previous: () => walk(-1), open: enter, back });
  watch(opened, async () => {
    await nextTick();
    document.querySelector("main [aria-current=true]")?.scrollIntoView({ block: "nearest" });
  });
}
