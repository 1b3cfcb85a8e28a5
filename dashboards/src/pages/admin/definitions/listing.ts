/** Which definitions are looked for, and how many there are of each priority. Pure. */
import { PRIORITIES } from "@/live/alarms";
import type { Priority } from "@/live/alarms";
import type { DefinitionEntry } from "@/live/definitions";

export interface Filters {
  readonly text: string;
  readonly priority: Priority | "";
  readonly source: string;
  /** Only those that the site changed or added, that are switched off, or that were raised of late. */
  readonly only: "" | "site" | "off" | "raised";
}

export const ALL: Filters = { text: "", priority: "", source: "", only: "" };

export function wanted(list: readonly DefinitionEntry[], { text, priority, source, only }: Filters): readonly DefinitionEntry[] {
  const sought = text.trim().toLowerCase();
  return list.filter(({ definition, origin, raised }) => {
    const said = [definition.key, ...Object.values(definition.title)].join(" ").toLowerCase();
    if (!said.includes(sought)) return false;
    if (priority !== "" && definition.priority !== priority) return false;
    if (source !== "" && sourceOf(origin) !== source) return false;
    if (only === "site") return origin?.place != null;
    if (only === "off") return !definition.enabled;
    return only === "" || raised > 0;
  });
}

/** Whose it is; what the hub makes by itself is the hub's. */
export function sourceOf(origin: DefinitionEntry["origin"]): string {
  return origin?.source ?? "hub";
}

export function sourcesOf(list: readonly DefinitionEntry[]): readonly string[] {
  return [...new Set(list.map(({ origin }) => sourceOf(origin)))].sort();
}

/** ISA-18.2 and IEC 62682: about so many of a hundred alarms. */
export const ADVISED = { grave: 5, medium: 15, low: 80 } as const;
export type Group = keyof typeof ADVISED;

const GROUP: Readonly<Record<Priority, Group>> = { critical: "grave", high: "grave", medium: "medium", low: "low" };

export interface Share {
  readonly group: Group;
  readonly definitions: number;
  readonly raised: number;
  /** Of a hundred; null where there are none at all. */
  readonly ofDefinitions: number | null;
  readonly ofRaised: number | null;
}

/** Of those that are in use, and of what they raised; what alerts nobody counts for nothing. */
export function sharesOf(list: readonly DefinitionEntry[]): readonly Share[] {
  const used = list.filter(({ definition }) => definition.enabled && !definition.quiet && PRIORITIES.includes(definition.priority));
  const sum = (members: readonly DefinitionEntry[]): number => members.reduce((total, { raised }) => total + raised, 0);
  const all = { definitions: used.length, raised: sum(used) };
  const part = (some: number, whole: number): number | null => (whole === 0 ? null : Math.round((some / whole) * 100));
  return (Object.keys(ADVISED) as Group[]).map((group) => {
    const members = used.filter(({ definition }) => GROUP[definition.priority] === group);
    const raised = sum(members);
    return {
      group,
      definitions: members.length,
      raised,
      ofDefinitions: part(members.length, all.definitions),
      ofRaised: part(raised, all.raised),
    };
  });
}
