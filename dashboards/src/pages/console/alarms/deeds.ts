/** What can be done to an alarm as it stands, and what stands in the way of the rest. Pure. */
import type { AlarmView } from "@/live/alarms";
import type { Deed } from "@/live/alarm-calls";
import { stateOf, suppressionOf } from "@/look/alarms";
import { isKeepable } from "@/offline/kept";

export interface Choice {
  readonly deed: Deed;
  /** Key of the words that say why it cannot be done yet; null: it can. */
  readonly hindered: string | null;
  /** Whether the person has to say something with it. */
  readonly asks: boolean;
}

const ASKING: ReadonlySet<Deed> = new Set(["shelve", "assign", "comment", "close"]);

/** `offline`: the hub cannot be reached. `waits`: one's own acknowledgement waits to be sent. */
export interface Circumstances {
  readonly offline: boolean;
  readonly waits: boolean;
}

const USUAL: Circumstances = { offline: false, waits: false };

/** In the order in which they stand; the hub has the last word on each. */
export function choicesFor(alarm: AlarmView, { offline, waits }: Circumstances = USUAL): readonly Choice[] {
  const state = stateOf(alarm);
  const shelved = suppressionOf(alarm) === "shelved";
  const unknown = state === "unacknowledged" || state === "returned-unacknowledged";
  const choices: Choice[] = [];
  const offer = (deed: Deed, hindered: string | null = null): void => {
    const cut = offline && !isKeepable(deed) ? "hindered.offline" : null;
    choices.push({ deed, hindered: cut ?? hindered, asks: ASKING.has(deed) });
  };
  if (unknown) offer("acknowledge", waits ? "hindered.waits" : null);
  if (state === "normal" && alarm.review) offer("review");
  if (alarm.latching && state !== "normal") offer("reset", hindrance(alarm, unknown));
  if (!alarm.latching && state !== "normal") offer("close", unknown ? "hindered.unacknowledged" : null);
  offer("comment");
  offer("assign");
  if (suppressionOf(alarm) !== "out-of-service") offer("shelve");
  if (shelved) offer("unshelve");
  return choices;
}

function hindrance(alarm: AlarmView, unknown: boolean): string | null {
  if (unknown) return "hindered.unacknowledged";
  return alarm.active ? "hindered.active" : null;
}
