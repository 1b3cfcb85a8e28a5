/** Which case comes next. Pure. */
import type { Case } from "@/live/cases";
import { calls } from "@/look/alarms";

/** One further (`step` 1) or back (-1); the ends hold. From nowhere it is the first. */
export function stepFrom(listed: readonly Case[], id: string | null, step: 1 | -1): string | null {
  const at = listed.findIndex(({ alarm }) => alarm.id === id);
  if (at < 0) return listed[0]?.alarm.id ?? null;
  return listed[Math.min(listed.length - 1, Math.max(0, at + step))]?.alarm.id ?? null;
}

/** The next that nobody has acknowledged: the first of the list, unless it is the one that is open. */
export function nextCalling(listed: readonly Case[], id: string | null): string | null {
  const calling = listed.filter(({ alarm }) => calls(alarm));
  const at = calling.findIndex(({ alarm }) => alarm.id === id);
  return calling[(at + 1) % Math.max(1, calling.length)]?.alarm.id ?? null;
}
