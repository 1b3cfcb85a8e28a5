/** The newest falling object: what the camera drew of its path is shown for some minutes. Pure. */
import type { AlarmView } from "@/live/alarms";

const KEY = "falling-object";
export const SHOWN_MS = 10 * 60_000;

export interface Fallen {
  readonly alarm: AlarmView;
  /** SHA-256 of its picture; null if none came with it. */
  readonly picture: string | null;
}

/** Null: nothing has fallen lately that is not closed. */
export function newestFallen(alarms: Iterable<AlarmView>, nowMs: number): Fallen | null {
  let newest: AlarmView | null = null;
  for (const alarm of alarms) {
    const recent = alarm.key === KEY && nowMs - Date.parse(alarm.raised) < SHOWN_MS;
    if (recent && (newest === null || alarm.raised > newest.raised)) newest = alarm;
  }
  if (newest === null) return null;
  const media = newest.data["media"];
  const first: unknown = Array.isArray(media) ? media[0] : null;
  return { alarm: newest, picture: typeof first === "string" ? first : null };
}
