/** Visitors as a household lets them in by its own link. Nobody signs in; whoever holds the key may. */
import { look, tell } from "./ask";
import type { Answer } from "./ask";
import type { Words } from "./protocol";
import type { NewVisit, VisitState } from "./visits";

export interface OwnVisit {
  readonly id: string;
  readonly state: VisitState;
  readonly visitor: string;
  readonly plate: string | null;
  readonly code: string | null;
  readonly from: string;
  readonly until: string;
  readonly used: string | null;
}

export interface HouseholdVisits {
  readonly site: Words;
  readonly room: string;
  readonly visits: readonly OwnVisit[];
  readonly open: number;
  readonly most_open: number;
  readonly longest_minutes: number;
  readonly ahead_days: number;
}

const of = (key: string, more = ""): string => `/visit/by-key/${encodeURIComponent(key)}${more}`;

export const readOwnVisits = (key: string): Promise<Answer<HouseholdVisits>> => look(of(key));
export const makeOwnVisit = (key: string, visit: NewVisit): Promise<Answer<OwnVisit>> => tell(of(key, "/visits"), visit);
export const revokeOwnVisit = (key: string, id: string): Promise<Answer<OwnVisit>> =>
  tell(of(key, `/visits/${encodeURIComponent(id)}/revoke`), {});
