/** Who passed where, and which vehicles are inside. Times RFC 3339 UTC; nobody's name: keys are the register's. */
import { look, tell } from "./ask";
import type { Answer } from "./ask";
import { query } from "./query";
import type { QueryValue } from "./query";

export const DIRECTIONS = ["in", "out", "unknown"] as const;
export type Direction = (typeof DIRECTIONS)[number];

export const MEANS = [
  "plate",
  "card",
  "code",
  "face",
  "command",
  "held-open",
  "fire",
  "by-hand",
  "tailgating",
  "exit-button",
  "unknown",
] as const;
export type Means = (typeof MEANS)[number];

export const GROUPS = ["resident", "visitor", "staff", "service", "unknown"] as const;
export type Group = (typeof GROUPS)[number];

/** `seen`: a plate read during an outage, of which no more is known. */
export const OUTCOMES = ["passed", "refused", "seen"] as const;
export type Outcome = (typeof OUTCOMES)[number];

export interface Pass {
  /** Its event's place in the ledger. */
  readonly seq: number;
  /** By the device's clock. */
  readonly at: string;
  /** When the hub heard of it. */
  readonly received: string;
  readonly site: string;
  readonly kind: string;
  readonly device: string;
  readonly area: string | null;
  readonly outcome: Outcome;
  /** Why it was refused, a word of the device's data sheet. */
  readonly reason: string | null;
  readonly direction: Direction;
  readonly means: Means;
  readonly category: string | null;
  readonly person: string | null;
  readonly vehicle: string | null;
  readonly plate: string | null;
  readonly colour: string;
  /** SHA-256 of each. */
  readonly pictures: readonly string[];
  /** Something saw it go through; null: nothing there could. */
  readonly confirmed: boolean | null;
  /** Told after an outage. */
  readonly replay: boolean;
  readonly passback: boolean;
  readonly tailgating: boolean;
  readonly dwell_s: number;
}

export interface PassPage {
  readonly passes: readonly Pass[];
  /** What to ask for as `before`. */
  readonly next: string | null;
}

export interface Inside {
  readonly id: number;
  readonly version: number;
  readonly plate: string | null;
  readonly vehicle: string | null;
  readonly person: string | null;
  readonly group: Group;
  readonly since: string;
  readonly hours: number;
  readonly long_stay: boolean;
  readonly kind: string;
  readonly device: string;
}

export interface InsideList {
  readonly vehicles: readonly Inside[];
  readonly total: number;
}

export interface PassCounts {
  readonly inside: Readonly<Partial<Record<Group, number>>>;
  readonly inside_total: number;
  readonly long_stay: Readonly<Partial<Record<Group, number>>>;
  readonly in_today: number;
  readonly out_today: number;
  readonly refused_today: number;
  readonly last: string | null;
}

export interface Tally {
  readonly in: number;
  readonly out: number;
  readonly unknown: number;
  readonly refused: number;
}

export interface PassFigures {
  readonly day: string;
  readonly now: PassCounts;
  readonly hours: readonly (Tally & { readonly start: string })[];
  readonly places: readonly (Tally & { readonly kind: string; readonly device: string })[];
}

/** What to search for; `plate` may hold `*` and `?`. */
export interface PassesWanted extends Readonly<Record<string, QueryValue>> {
  readonly from?: string;
  readonly to?: string;
  readonly place?: readonly string[];
  readonly area?: readonly string[];
  readonly direction?: string;
  readonly means?: string;
  readonly category?: string;
  readonly outcome?: string;
  readonly person?: string;
  readonly vehicle?: string;
  readonly plate?: string;
  readonly exact?: boolean;
  readonly passback?: boolean;
  readonly before?: string;
  readonly limit?: number;
}

export const readPasses = (wanted: PassesWanted): Promise<Answer<PassPage>> => look(`/passes${query(wanted)}`);
/** Where the browser downloads what was searched for. */
export const passesSheet = (wanted: PassesWanted): string => `/api/v1/passes.csv${query(wanted)}`;
export const readFigures = (day?: string): Promise<Answer<PassFigures>> => look(`/passes/figures${query({ day })}`);
export const readInside = (wanted: Readonly<Record<string, QueryValue>>): Promise<Answer<InsideList>> =>
  look(`/passes/inside${query(wanted)}`);
export const hasLeft = ({ id, version }: Inside, reason: string): Promise<Answer<Inside>> =>
  tell(`/passes/inside/${id}/left`, { version, reason });
