/**
 * Acknowledgements and comments that were pressed while the hub could not be reached. Pure.
 *
 * Nothing else is ever kept: what makes a device act, hides an alarm or ends one must be pressed on what is so now.
 */
import type { AlarmView } from "@/live/alarms";
import type { Answer } from "@/live/ask";
import { overtaken } from "@/live/alarm-calls";
import { calls } from "@/look/alarms";

export const KEEPABLE = ["acknowledge", "comment"] as const;
export type KeptDeed = (typeof KEEPABLE)[number];

/** What was on the screen when it was pressed. */
export type Seen = Pick<AlarmView, "id" | "version" | "state" | "title" | "site" | "kind" | "device" | "area">;

/** `n`: the order of pressing. `seenUpTo`: number of the newest entry of the timeline that was on the screen. */
export interface Kept {
  readonly n: number;
  /** Names the press: the hub does it once, however often it is sent. */
  readonly request: string;
  /** The principal who pressed, and who alone may send it. */
  readonly who: string;
  readonly deed: KeptDeed;
  readonly text: string;
  readonly seen: Seen;
  readonly seenUpTo: number;
  /** The hub's time, ms since 1970. */
  readonly pressedMs: number;
  /** `overtaken`: the alarm has moved on since (`now`). `refused`: the hub says no (`reason`). A person decides on both. */
  readonly standing: "waiting" | "overtaken" | "refused";
  readonly now: AlarmView | null;
  readonly reason: string;
  /** The hub's code for that; an earlier version of this page kept none. */
  readonly code?: string;
}

export function isKeepable(deed: string): deed is KeptDeed {
  return (KEEPABLE as readonly string[]).includes(deed);
}

/** What the hub is told: what was seen, when it was pressed, and by whom. */
export function bodyOf({ request, who, deed, text, seen, pressedMs }: Kept): Readonly<Record<string, unknown>> {
  const press = { version: seen.version, request, by: who, pressed: new Date(pressedMs).toISOString() };
  return deed === "comment" ? { ...press, text } : press;
}

/** The next of this person's, in the order of pressing; behind one on which they have to decide waits all of its alarm. */
export function nextToSend(kept: readonly Kept[], who: string): Kept | null {
  const held = new Set<string>();
  for (const each of kept) {
    if (each.who !== who) continue;
    if (each.standing === "waiting" && !held.has(each.seen.id)) return each;
    held.add(each.seen.id);
  }
  return null;
}

/** Whether it waits only for the person to decide on an earlier one of the same alarm. */
export function isBehind(kept: readonly Kept[], press: Kept): boolean {
  return kept.some(({ n, who, seen, standing }) => n < press.n && who === press.who && seen.id === press.seen.id && standing !== "waiting");
}

export type Fate =
  /** The hub has it; the alarm's version is now this. */
  | { readonly fate: "arrived"; readonly version: number }
  /** Nobody answered, or not as it should be: it goes on waiting. */
  | { readonly fate: "waits" }
  | { readonly fate: "held"; readonly kept: Kept };

const LATER: ReadonlySet<number> = new Set([401, 408, 429]);

export function fateOf(kept: Kept, answer: Answer<AlarmView>): Fate {
  if (answer.kind === "done") return { fate: "arrived", version: answer.body.version };
  if (answer.kind === "unreachable" || LATER.has(answer.status) || answer.status >= 500) return { fate: "waits" };
  if (answer.code === "another-person") return { fate: "waits" };
  const now = overtaken(answer);
  if (now !== null) return { fate: "held", kept: { ...kept, standing: "overtaken", now } };
  return { fate: "held", kept: { ...kept, standing: "refused", reason: answer.detail, code: answer.code } };
}

/** Those on the same alarm that were pressed on the same sight of it: what moved it since is one's own press. */
export function carried(kept: readonly Kept[], sent: Kept, version: number): readonly Kept[] {
  return kept
    .filter(({ n, who, seen }) => n !== sent.n && who === sent.who && seen.id === sent.seen.id && seen.version === sent.seen.version)
    .map((each) => ({ ...each, seen: { ...each.seen, version } }));
}

/** Whether it still makes sense to send it to the alarm as it is now. */
export function canSendAgain({ standing, deed, now }: Kept): boolean {
  if (standing === "waiting" || now === null) return standing === "refused";
  return now.closed === null && (deed === "comment" || calls(now));
}

/** To be sent once more, now that the person has seen what the alarm became. */
export function decided(kept: Kept): Kept {
  const seen = kept.now === null ? kept.seen : { ...kept.seen, version: kept.now.version, state: kept.now.state };
  return { ...kept, seen, standing: "waiting", now: null, reason: "" };
}

/** Whether this person's acknowledgement of the alarm already waits here. */
export function waitsFor(kept: readonly Kept[], who: string, id: string): boolean {
  return kept.some((each) => each.who === who && each.deed === "acknowledge" && each.seen.id === id);
}
