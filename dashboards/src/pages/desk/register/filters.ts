/** What is searched for in the register of disclosures. Pure. */
import type { QueryValue } from "@/live/query";

export const SOUGHT_BY = ["text", "plate", "person", "vehicle"] as const;
export type SoughtBy = (typeof SOUGHT_BY)[number];

export interface Filters {
  readonly state: string;
  readonly by: SoughtBy;
  readonly sought: string;
}

export const NO_FILTERS: Filters = { state: "", by: "text", sought: "" };

export function registerWanted({ state, by, sought }: Filters): Readonly<Record<string, QueryValue>> {
  return { state, [by]: sought.trim() };
}

/** Whether it asks about somebody: that is in the audit each time, so it is never repeated unasked. */
export function isPersonal({ by, sought }: Filters): boolean {
  return by !== "text" && sought.trim() !== "";
}
