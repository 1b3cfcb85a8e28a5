/** A text of the desk's in the viewer's language. */
import { useSpeech } from "@/i18n";
import type { BothWords } from "@/live/disclosures";

export function useBoth(): (words: BothWords) => string {
  const { language } = useSpeech();
  return ({ zh, en }) => (language.value === "en" ? en : zh);
}
