/** Why a desk's deed is refused, in the viewer's language where the code is known; else in the hub's own words. */
import { spokenIn } from "@/components/spoken";
import charging from "@/i18n/console-charging.zh-CN";
import register from "@/i18n/register.zh-CN";
import type { Refusal } from "@/live/ask";

const WORDS = { registerCode: register.registerCode, accountCode: charging.accountCode };

export function spoken(refusal: Refusal, t: (key: string) => string): Refusal {
  return spokenIn(WORDS, refusal, (key) => t(key)); // none of them has a blank
}
