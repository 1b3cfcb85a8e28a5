/** What can be done to an alarm as it stands, and what stands in the way of the rest. Pure. */
import type { AlarmView } from "@/live/alarms";
import type { Deed } from "@/live/alarm-calls";
import { stateOf, suppressionOf } from "@/look/alarms";

export interface Choice {
  readonly deed: Deed;
  /** Key of the words that say why it cannot be done yet; null: it can. */
  readonly hindered: string | null;
  /** Whether the person has to say something with it. */
  readonly asks: boolean;
}

const ASKING: ReadonlySet<Deed> = new Set(["shelve", "assign", "comment", "close"]);

/** In the order in which they stand; the hub has the last word on each. */
export function choicesFor(alarm: AlarmView): readonly Choice[] {
  const state = stateOf(alarm);
  const shelved = suppressionOf(alarm) === "shelved";
  const unknown = state === "unacknowledged" || state === "returned-unacknowledged";
  const choices: Choice[] = [];
  const offer = (deed: Deed, hindered: string | null = null): void => {
    choices.push({ deed, hindered, asks: ASKING.has(deed) });
  };
  if (unknown) offer("acknowledge");
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
