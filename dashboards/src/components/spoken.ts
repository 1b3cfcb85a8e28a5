/** Why the hub refuses, in the words that a place has of its own for the code; else as it is. */
import type { Refusal } from "@/live/ask";

/** Words for codes, by the name of their group; the first group that has the code speaks. */
type Groups = Readonly<Record<string, object>>;
type Translate = (key: string, named: Record<string, unknown>) => string;

export function spokenIn(groups: Groups, refusal: Refusal, t: Translate): Refusal {
  if (refusal.kind !== "refused") return refusal;
  const { code, detail } = refusal;
  const group = Object.entries(groups).find(([, words]) => Object.hasOwn(words, code))?.[0];
  return group === undefined ? refusal : { ...refusal, spoken: true, detail: t(`${group}.${code}`, { detail }) };
}
