/** Why the hub refused, in the viewer's language where the code is known; else in the hub's own words. */
import { useSpeech } from "@/i18n";
import type { Language } from "@/i18n/language";
import chinese from "@/i18n/refused.zh-CN";
import type { Refusal } from "@/live/ask";

type Refused = Pick<Extract<Refusal, { kind: "refused" }>, "code" | "detail" | "spoken">;

export function inWords({ code, detail, spoken }: Refused, language: Language): string {
  const known = language === "zh-CN" && spoken !== true && Object.hasOwn(chinese, code) ? chinese[code] : undefined;
  return known?.replace("{detail}", () => detail) ?? detail;
}

export function useRefused(): (refusal: Refused) => string {
  const { language } = useSpeech();
  return (refusal) => inWords(refusal, language.value);
}
