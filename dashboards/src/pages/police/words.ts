/** The words of this page alone; how they are chosen is that of the pages for residents. */
import { createI18n } from "vue-i18n";
import type { Language } from "@/i18n/language";
import { ownLanguage } from "../charge/speech";
import en from "./words.en";
import zhCN from "./words.zh-CN";

export function makeSpeech(language: Language = ownLanguage()) {
  return createI18n({ legacy: false, locale: language, fallbackLocale: "zh-CN", messages: { "zh-CN": zhCN, en } });
}
