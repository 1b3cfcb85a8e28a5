/** Which language a page speaks: `?lang=en`, else what was chosen before, else Chinese. */
import { remember, remembered } from "@/live/remembered";

export const LANGUAGES = ["zh-CN", "en"] as const;
export type Language = (typeof LANGUAGES)[number];

const CHOSEN = "hemei.language";

/** `search` is the address's query, `stored` what was chosen before. */
export function chooseLanguage(search: string, stored: string | null): Language {
  const wanted = new URLSearchParams(search).get("lang") ?? stored ?? "";
  const primary = wanted.toLowerCase().split("-")[0];
  return LANGUAGES.find((language) => language.toLowerCase().split("-")[0] === primary) ?? "zh-CN";
}

export const storedLanguage = (): string | null => remembered(CHOSEN);

export function storeLanguage(language: Language): void {
  remember(CHOSEN, language);
}
