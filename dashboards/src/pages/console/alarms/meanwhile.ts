/** What others did to an alarm after a person looked at it. Pure. */
import type { AlarmDetail, TimelineEntry } from "@/live/alarms";

/** These go on by themselves and make nobody's press stale. */
const BY_ITSELF: ReadonlySet<string> = new Set(["repeated", "told", "linked", "evidence", "ordered", "shown", "referral-received"]);

/** Number of the newest entry that was seen; 0: none. */
export function seenUpTo(detail: AlarmDetail | null): number {
  return Math.max(0, ...(detail?.timeline ?? []).map(({ n }) => n));
}

/** Oldest first. */
export function meanwhile(detail: AlarmDetail, seen: number): readonly TimelineEntry[] {
  return detail.timeline
    .filter(({ n, kind }) => n > seen && !BY_ITSELF.has(kind))
    .toSorted((one, other) => one.n - other.n);
}
