/** Words as they are typed, in both languages. Pure. */
import type { Words } from "@/live/protocol";

/** Null: nothing was typed. */
export function wordsOf(zh: string, en: string): Words | null {
  const typed = { "zh-CN": zh.trim(), en: en.trim() };
  const said = Object.entries(typed).filter(([, text]) => text !== "");
  return said.length === 0 ? null : Object.fromEntries(said);
}
