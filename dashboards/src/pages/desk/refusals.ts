/** Why the police desk refuses, in the viewer's language where the code is known; else in the hub's own words. */
import { spokenIn } from "@/components/spoken";
import words from "@/i18n/desk.zh-CN";
import type { Refusal } from "@/live/ask";

export function spoken(refusal: Refusal, t: (key: string, named: Record<string, unknown>) => string): Refusal {
  return spokenIn({ deskCode: words.deskCode }, refusal, t);
}
