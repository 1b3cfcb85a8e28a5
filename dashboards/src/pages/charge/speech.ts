/** How the pages for residents speak: in the language of the phone. */
import { computed, watchEffect } from "vue";
import { useI18n } from "vue-i18n";
import { formatTime, pick, plain } from "@/i18n/format";
import { LANGUAGES, chooseLanguage, storeLanguage, storedLanguage } from "@/i18n/language";
import type { Language } from "@/i18n/language";
import type { Words } from "@/live/protocol";

/** The first that the phone prefers and the page speaks; null if it prefers neither. */
export function preferred(languages: readonly string[]): Language | null {
  const primary = (language: string): string => language.toLowerCase().split("-")[0] ?? "";
  for (const wanted of languages) {
    const spoken = LANGUAGES.find((language) => primary(language) === primary(wanted));
    if (spoken !== undefined) return spoken;
  }
  return null;
}

/** By the address, else as chosen before, else as the phone is set. */
export function ownLanguage(): Language {
  return chooseLanguage(location.search, storedLanguage() ?? preferred(navigator.languages));
}

export function useWords() {
  const { t, te, locale } = useI18n();
  const language = computed(() => locale.value as Language);
  return {
    t,
    language,
    said: (words: Words) => pick(words, language.value) ?? "",
    /** The words of a word that a newer hub may have invented. */
    named: (key: string) => (te(key) ? t(key) : plain(key)),
    time: (rfc3339: string | number) => formatTime(new Date(rfc3339).getTime(), language.value),
    other: () => {
      const chosen = language.value === "en" ? "zh-CN" : "en";
      locale.value = chosen;
      storeLanguage(chosen);
    },
  };
}

/** Keep the document's language and title in step. */
export function useTitle(title: () => string): void {
  const { locale } = useI18n();
  watchEffect(() => {
    document.documentElement.lang = locale.value;
    document.title = title();
  });
}
