/** Why the hub refuses, in the viewer's language where the code is known; else in the hub's own words. */
import { spokenIn } from "@/components/spoken";
import words from "@/i18n/passes.zh-CN";
import type { Refusal } from "@/live/ask";

export function inWords(refusal: Refusal, t: (key: string) => string): Refusal {
  return spokenIn({ passCode: words.passCode }, refusal, t);
}
