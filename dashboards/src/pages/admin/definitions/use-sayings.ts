/** The words for definitions in the page's language. */
import { useSpeech } from "@/i18n";
import type { Speech } from "./sayings";

/** Where the words for properties are looked for. */
export const PROPERTIES = ["definitionProperty", "property"];

export function useSayings(): Speech {
  const { t, happened, known, value } = useSpeech();
  return {
    t: (key, named) => t(key, named ?? {}),
    happened,
    property: (name) => known(PROPERTIES, name),
    kind: (name) => known(["kind"], name),
    value: (of) => value(of, null),
  };
}
