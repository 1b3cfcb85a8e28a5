/** Whose a pass is: what the register says of its keys, asked for once, for many at a time. */
import { shallowRef } from "vue";
import type { ShallowRef } from "vue";
import type { Pass } from "@/live/passes";
import { whoAre } from "@/live/visits";
import type { Who } from "@/live/visits";

/** The hub answers for so many at a time. */
const MOST_KEYS = 200;

export type Known = ReadonlyMap<string, Who>;

/** The key that says most: a vehicle tells whose it is. */
export function keyOfPass({ vehicle, person }: Pick<Pass, "vehicle" | "person">): string | null {
  return vehicle ?? person;
}

/** Those that nobody has asked for yet, each once. */
export function newKeys(keys: readonly (string | null)[], known: Known): readonly string[] {
  return [...new Set(keys)].filter((key): key is string => key !== null && !known.has(key)).slice(0, MOST_KEYS);
}

type Translate = (key: string, named?: Record<string, unknown>) => string;

/** "Resident · 3-2-501 · 王芳"; `category` is what the device said. Empty: nobody is known. */
export function whoseWords(who: Who | undefined, category: string | null, t: Translate, named: (key: string) => string): string {
  if (who === undefined || !who.known) return category === null ? "" : named(`passCategory.${category}`);
  const room = who.room ?? "";
  const visitor = who.sort === "visit" && room !== "";
  const parts = visitor
    ? [t("passLine.visitorOf", { room })]
    : [named(`passCategory.${who.category ?? "unknown"}`), room];
  return [...parts, who.name ?? ""].filter(Boolean).join(" · ");
}

export interface Whose {
  readonly known: Readonly<ShallowRef<Known>>;
  readonly learn: (keys: readonly (string | null)[]) => Promise<void>;
}

/** A look at people by name is in the audit: nobody is asked for twice. */
export function useWhose(): Whose {
  const known = shallowRef<Known>(new Map());
  let asking: Promise<void> = Promise.resolve();

  async function ask(keys: readonly (string | null)[]): Promise<void> {
    const wanted = newKeys(keys, known.value);
    if (wanted.length === 0) return;
    const answer = await whoAre(wanted);
    if (answer.kind !== "done") return; // the keys' categories are still shown
    known.value = new Map([...known.value, ...answer.body.who.map((who) => [who.key, who] as const)]);
  }

  return { known, learn: (keys) => (asking = asking.then(() => ask(keys))) };
}
