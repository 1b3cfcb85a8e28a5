/** Visitors' passes as guards make them, and whom a pseudonym or a plate stands for. */
import { look, tell } from "./ask";
import type { Answer } from "./ask";
import { query } from "./query";
import type { QueryValue } from "./query";

export const VISIT_STATES = ["coming", "open", "over", "revoked"] as const;
export type VisitState = (typeof VISIT_STATES)[number];

export interface Visit {
  readonly id: string;
  readonly state: VisitState;
  readonly household: string | null;
  readonly room: string | null;
  /** Names are null for whoever may not see them. */
  readonly host: string | null;
  readonly visitor: string | null;
  readonly phone: string | null;
  readonly plate: string | null;
  readonly code: string | null;
  readonly from: string;
  readonly until: string;
  readonly made: string;
  readonly made_by: string;
  readonly by_link: boolean;
  readonly revoked: string | null;
  /** When it first opened something. */
  readonly used: string | null;
}

export interface VisitPage {
  readonly visits: readonly Visit[];
  readonly total: number;
  readonly next: number | null;
}

/** A plate, a code, or both; for so many minutes from `from` (now), or `until`. */
export interface NewVisit {
  readonly plate?: string;
  readonly code?: boolean;
  readonly visitor?: string;
  readonly phone?: string;
  readonly room?: string;
  readonly household?: string;
  readonly from?: string;
  readonly until?: string;
  readonly minutes?: number;
}

export interface Room {
  readonly household: string;
  readonly building: string;
  readonly room: string;
}

export interface Who {
  readonly key: string;
  readonly known: boolean;
  readonly sort: "person" | "vehicle" | "visit" | null;
  readonly category: string | null;
  readonly building: string | null;
  readonly room: string | null;
  readonly plate: string | null;
  readonly blocked: boolean;
  readonly blocked_reason: string;
  readonly left: boolean;
  readonly name: string | null;
}

export const readVisits = (wanted: Readonly<Record<string, QueryValue>>): Promise<Answer<VisitPage>> =>
  look(`/visits${query(wanted)}`);
export const makeVisit = (visit: NewVisit): Promise<Answer<Visit>> => tell("/visits", visit);
export const revokeVisit = (id: string): Promise<Answer<Visit>> => tell(`/visits/${encodeURIComponent(id)}/revoke`, {});
export const readRooms = (q: string): Promise<Answer<{ readonly rooms: readonly Room[] }>> =>
  look(`/visits/rooms${query({ q })}`);
export const whoAre = (keys: readonly string[]): Promise<Answer<{ readonly who: readonly Who[] }>> =>
  look(`/register/who${query({ key: keys })}`);
export const whosePlate = (plate: string): Promise<Answer<{ readonly who: readonly Who[] }>> =>
  look(`/register/plates/${encodeURIComponent(plate)}`);
