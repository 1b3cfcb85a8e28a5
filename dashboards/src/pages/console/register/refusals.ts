/** Why the register refuses, in the viewer's language where the code is known; else in the hub's own words. */
import type { Refusal } from "@/live/ask";
import words from "@/i18n/register.zh-CN";

/** The key of the words for a code; null if there are none. */
export function keyOfCode(code: string): string | null {
  return Object.hasOwn(words.registerCode, code) ? `registerCode.${code}` : null;
}

export function spoken(refusal: Refusal, t: (key: string) => string): Refusal {
  const key = refusal.kind === "refused" ? keyOfCode(refusal.code) : null;
  return refusal.kind === "refused" && key !== null ? { ...refusal, detail: t(key) } : refusal;
}
