/** The words of the pages in the language that the viewer wants. */
import { computed, watchEffect } from "vue";
import { createI18n, useI18n } from "vue-i18n";
import type { Words } from "@/live/protocol";
import en from "./en";
import { chooseLanguage, storeLanguage, storedLanguage } from "./language";
import type { Language } from "./language";
import { formatAge, formatMoment, formatStamp, formatTime, formatValue, pick, plain } from "./format";
import zhCN from "./zh-CN";

export function makeI18n(language: Language = chooseLanguage(location.search, storedLanguage())) {
  return createI18n({
    legacy: false,
    locale: language,
    fallbackLocale: "zh-CN",
    messages: { "zh-CN": zhCN, en },
  });
}

/** Where the words of a value are looked for, in this order. */
export const WORD_GROUPS = ["value", "state", "fault", "zone", "door", "picture", "lockout", "charger", "ended", "outcomeWord"];

/** Everything a component needs to speak. */
export function useSpeech() {
  const { t, te, locale } = useI18n();
  const language = computed(() => locale.value as Language);
  /** The words for `word` of a group, or the word itself, made readable, if a newer driver invented it. */
  const named = (key: string): string => {
    const known = key.replace(/[^a-z0-9.-]/gi, "-");
    return te(known) ? t(known) : plain(key);
  };
  /** The words for `word` in the first of these groups that has any, or the word itself, made readable. */
  const known = (groups: readonly string[], word: string): string => {
    const group = groups.find((name) => te(`${name}.${word}`));
    return group === undefined ? plain(word.replaceAll("_", " ")) : t(`${group}.${word}`);
  };
  /** What an event says, by its type "hemei.gate.opened": in the page's words, else in the device's own. */
  const happened = (type: string, title: Words = {}): string => {
    const known = `event.${type.replaceAll(".", "-")}`;
    return te(known) ? t(known) : (pick(title, language.value) ?? plain(type.slice(type.lastIndexOf(".") + 1)));
  };
  const word = (text: string): string => {
    const group = /^[a-z0-9-]+$/.test(text) && WORD_GROUPS.find((name) => te(`${name}.${text}`));
    return group ? t(`${group}.${text}`) : text;
  };
  /** Who did something: a person by name, the hub itself, a machine. */
  const who = (principal: string): string => {
    const [kind, ...rest] = principal.split(":");
    const name = rest.join(":");
    if (kind === "user") return name;
    if (kind === "token") return t("who.token", { name });
    if (kind === "link") return t("who.link", { role: known(["role"], name) });
    return te(`who.${kind}`) ? t(`who.${kind}`) : principal;
  };
  return {
    t,
    named,
    known,
    who,
    happened,
    language,
    words: (words: Words, otherwise: string) => pick(words, language.value) ?? otherwise,
    age: (ms: number) => formatAge(ms, t),
    ago: (ms: number) => (ms < 1000 ? t("age.now") : t("age.ago", { age: formatAge(ms, t) })),
    time: (ms: number) => formatTime(ms, language.value),
    stamp: (ms: number) => formatStamp(ms, language.value),
    moment: (ms: number) => formatMoment(ms, language.value),
    value: (value: Parameters<typeof formatValue>[0], unit: string | null) =>
      formatValue(value, unit, language.value, { t, word }),
    choose: (chosen: Language) => {
      locale.value = chosen;
      storeLanguage(chosen);
    },
  };
}

/** Keep the document's language and title in step. */
export function useDocumentSpeech(title: () => string): void {
  const { locale } = useI18n();
  watchEffect(() => {
    document.documentElement.lang = locale.value;
    document.title = title();
  });
}
