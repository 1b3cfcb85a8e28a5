/** Which case comes next. Pure. */
import type { Case } from "@/live/cases";
import { calls } from "@/look/alarms";

/**
 * One further (`step` 1) or back (-1); the ends hold. From nowhere it is the first; from one that has left the list, one
 * of those between which it stood `last`.
 */
export function stepFrom(listed: readonly Case[], id: string | null, step: 1 | -1, last = 0): string | null {
  const found = listed.findIndex(({ alarm }) => alarm.id === id);
  if (found < 0 && id === null) return listed[0]?.alarm.id ?? null;
  const at = found >= 0 ? found : step === 1 ? last - 1 : last;
  return listed[Math.min(listed.length - 1, Math.max(0, at + step))]?.alarm.id ?? null;
}

/** The next that nobody has acknowledged: the first of the list, unless it is the one that is open. */
export function nextCalling(listed: readonly Case[], id: string | null): string | null {
  const calling = listed.filter(({ alarm }) => calls(alarm));
  const at = calling.findIndex(({ alarm }) => alarm.id === id);
  return calling[(at + 1) % Math.max(1, calling.length)]?.alarm.id ?? null;
}
