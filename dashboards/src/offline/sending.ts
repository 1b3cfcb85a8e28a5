/** Sends what was kept, in the order of pressing, as long as the hub takes it. */
import { doTo } from "@/live/alarm-calls";
import type { AlarmView } from "@/live/alarms";
import type { Answer } from "@/live/ask";
import { bodyOf, carried, fateOf, nextToSend } from "./kept";
import type { Kept } from "./kept";
import type { KeptStore } from "./kept-store";

/** `who` is asked of the hub each time: somebody else may have signed in meanwhile. Null: nobody, or no answer. */
export interface Way {
  readonly store: KeptStore;
  readonly who: () => Promise<string | null>;
  readonly send: (kept: Kept) => Promise<Answer<AlarmView>>;
}

export const send = (kept: Kept): Promise<Answer<AlarmView>> => doTo(kept.seen, kept.deed, bodyOf(kept));

export async function sendAll({ store, who, send: tell }: Way): Promise<void> {
  for (;;) {
    const kept = await store.all();
    if (kept.length === 0) return;
    const name = await who();
    const next = name === null ? null : nextToSend(kept, name);
    if (next === null) return;
    const fate = fateOf(next, await tell(next));
    if (fate.fate === "waits") return;
    if (fate.fate === "held") await store.put(fate.kept);
    else {
      await store.put(...carried(kept, next, fate.version));
      await store.remove(next.n);
    }
  }
}

/** Let one page at a time send; where browsers know no locks, the hub does each press once all the same. */
export async function alone(work: () => Promise<void>): Promise<void> {
  if ("locks" in navigator) await navigator.locks.request("hemei-console-sending", work);
  else await work();
}
