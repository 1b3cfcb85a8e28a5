/** Places devices: at once on this screen, and as soon as the hub has it on all others. */
import { computed, ref, shallowRef, watch } from "vue";
import { place, unplace } from "@/live/plans";
import type { Place } from "@/live/plans";
import type { Site } from "@/live/protocol";
import { givenPlace, stillThere, withMove } from "./moves";
import type { Move } from "./moves";
import { usePlanDeed } from "./use-plan-deed";

const SHOWN_AT_MOST_MS = 3_000;

export function usePlacing(site: () => Site | null) {
  const deed = usePlanDeed();
  /** What the hub has not shown yet. */
  const waiting = shallowRef<ReadonlyMap<string, Place | null>>(new Map());
  const moves = shallowRef<readonly Move[]>([]);
  /** Somebody else moved what was to be taken back. */
  const overtaken = ref(false);

  const shown = computed<Site | null>(() => {
    const now = site();
    if (now === null || waiting.value.size === 0) return now;
    const known = Object.entries(now.placements ?? {}).filter(([key]) => !waiting.value.has(key));
    const awaited = [...waiting.value].flatMap(([key, at]) => (at === null ? [] : [[key, [at.plan, at.x, at.y]] as const]));
    return { ...now, placements: Object.fromEntries([...known, ...awaited]) };
  });

  function wait(key: string, to: Place | null): void {
    waiting.value = new Map(waiting.value).set(key, to);
  }
  function end(key: string): void {
    if (!waiting.value.has(key)) return;
    const rest = new Map(waiting.value);
    rest.delete(key);
    waiting.value = rest;
  }
  watch(
    () => site()?.placements,
    () => {
      for (const [key, to] of waiting.value) if (stillThere({ key, from: null, to }, site())) end(key);
    },
  );

  /** Tell the hub; true if it did it. */
  async function send(key: string, to: Place | null): Promise<boolean> {
    wait(key, to);
    const done = await deed.run<unknown>(() => (to === null ? unplace(key) : place(key, to)));
    if (done === null) end(key);
    else window.setTimeout(() => waiting.value.get(key) === to && end(key), SHOWN_AT_MOST_MS);
    return done !== null;
  }

  async function move(key: string, to: Place | null, from = givenPlace(key, shown.value)): Promise<void> {
    overtaken.value = false;
    if (await send(key, to)) moves.value = withMove(moves.value, { key, from, to });
  }

  async function undo(): Promise<void> {
    const last = moves.value.at(-1);
    if (last === undefined) return;
    moves.value = moves.value.slice(0, -1);
    overtaken.value = !stillThere(last, shown.value);
    if (!overtaken.value) await send(last.key, last.from);
  }

  return { shown, moves, overtaken, deed, wait, end, move, undo };
}
