/** How far driver hosts have the lists by which gates and doors let through. */
import { look } from "./ask";
import type { Answer } from "./ask";

export const LIST_STATES = ["current", "pushing", "behind", "offline", "never"] as const;
export type ListState = (typeof LIST_STATES)[number];

export interface HeldList {
  readonly list: "levels" | "people" | "vehicles";
  readonly state: ListState;
  /** It was given the list at some time. */
  readonly known: boolean;
  readonly revision: number;
  /** The newest revision; each change of an entry is one. */
  readonly head: number;
  readonly entries: number;
  /** How far a list has come that begins anew. */
  readonly coming: number | null;
  readonly behind_since: string | null;
}

export interface HostLists {
  readonly site: string;
  readonly host: string;
  readonly online: boolean;
  readonly heard: string;
  readonly lists: readonly HeldList[];
  /** `site/kind/device` of what it drives. */
  readonly devices: readonly string[];
}

export const readLists = (): Promise<Answer<{ readonly hosts: readonly HostLists[] }>> => look("/lists");
