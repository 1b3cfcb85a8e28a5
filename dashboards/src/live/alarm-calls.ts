/** What people do to alarms: every call quotes the version that the person saw. */
import type { AlarmDetail, AlarmView } from "./alarms";
import { look, tell } from "./ask";
import type { Answer } from "./ask";
import { query } from "./query";
import type { QueryValue } from "./query";

export const DEEDS = [
  "acknowledge",
  "shelve",
  "unshelve",
  "assign",
  "comment",
  "close",
  "reset",
  "review",
] as const;
export type Deed = (typeof DEEDS)[number];

/** What a deed says beside the version. */
export type Said = Readonly<Record<string, unknown>>;

export function readAlarm(id: string): Promise<Answer<AlarmDetail>> {
  return look<AlarmDetail>(`/alarms/${encodeURIComponent(id)}`);
}

/** Those within one's reach; `next` is what to ask for as `before`. */
export function findAlarms(
  wanted: Readonly<Record<string, QueryValue>>,
): Promise<Answer<{ readonly alarms: readonly AlarmView[]; readonly next: string | null }>> {
  return look(`/alarms${query(wanted)}`);
}

/** The newest closed ones. */
export async function closedAlarms(): Promise<Answer<{ readonly alarms: readonly AlarmView[] }>> {
  return await look("/alarms?state=closed");
}

export function doTo(alarm: Pick<AlarmView, "id" | "version">, deed: Deed, said: Said = {}): Promise<Answer<AlarmView>> {
  return tell<AlarmView>(`/alarms/${encodeURIComponent(alarm.id)}/${deed}`, { version: alarm.version, ...said });
}

/** The alarm as it is now, if the press was refused because somebody else was first. */
export function overtaken(answer: Answer<unknown>): AlarmView | null {
  if (answer.kind !== "refused" || answer.code !== "stale-version") return null;
  return (answer.problem["alarm"] as AlarmView | undefined) ?? null;
}
