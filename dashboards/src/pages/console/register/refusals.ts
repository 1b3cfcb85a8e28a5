/** Why a desk's deed is refused, in the viewer's language where the code is known; else in the hub's own words. */
import type { Refusal } from "@/live/ask";
import charging from "@/i18n/console-charging.zh-CN";
import register from "@/i18n/register.zh-CN";

/** The key of the words for a code; null if there are none. */
export function keyOfCode(code: string): string | null {
  if (Object.hasOwn(register.registerCode, code)) return `registerCode.${code}`;
  return Object.hasOwn(charging.accountCode, code) ? `accountCode.${code}` : null;
}

export function spoken(refusal: Refusal, t: (key: string) => string): Refusal {
  const key = refusal.kind === "refused" ? keyOfCode(refusal.code) : null;
  return refusal.kind === "refused" && key !== null ? { ...refusal, spoken: true, detail: t(key) } : refusal;
}
