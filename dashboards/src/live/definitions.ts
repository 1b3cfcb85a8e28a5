/** Definitions of alarms in force, and trials of changed ones on what has been. */
import type { Priority } from "./alarms";
import { look, remove, tell } from "./ask";
import type { Answer } from "./ask";
import type { Scalar, Words } from "./protocol";

/** A question about one device, as in the site file. */
export interface Test {
  readonly event?: string | null;
  readonly property?: string | null;
  readonly connectivity?: readonly string[];
  readonly stale?: string | null;
  readonly missed?: boolean;
  readonly all?: readonly Test[];
  readonly any?: readonly Test[];
  readonly where?: Readonly<Record<string, Scalar | readonly Scalar[]>>;
  readonly equals?: Scalar;
  readonly in?: readonly Scalar[];
  readonly above?: number | null;
  readonly below?: number | null;
  readonly hysteresis?: number;
}

export interface Scope {
  readonly kinds: readonly string[];
  readonly except_kinds: readonly string[];
  readonly except_areas: readonly string[];
  readonly areas: readonly string[];
  readonly devices: readonly string[];
  readonly products: readonly string[];
}

export interface Link {
  readonly action: string;
  readonly to: Scope;
  readonly same_area: boolean;
}

export interface Escalation {
  readonly after_s: number;
  readonly tell: readonly string[];
  readonly raise_to: Priority | null;
}

export interface Definition {
  readonly key: string;
  readonly title: Words;
  readonly priority: Priority;
  /** `condition`: one alarm as long as it lasts; `incident`: each occurrence its own case. */
  readonly kind: string;
  readonly enabled: boolean;
  readonly on: Scope;
  readonly raise: Test;
  readonly return: Test | null;
  readonly on_delay_s: number;
  readonly off_delay_s: number;
  readonly repeat_within_s: number;
  readonly latching: boolean;
  readonly review: boolean;
  readonly rationale: Words;
  readonly steps: readonly Words[];
  readonly tell: readonly string[];
  readonly escalate: readonly Escalation[];
  readonly link: readonly Link[];
  readonly order: string | null;
  readonly quiet: boolean;
}

/** `file` and `place`: the site file and its table that changes what ships, or adds it; null: as it ships. */
export interface Origin {
  readonly source: string;
  readonly file: string | null;
  readonly place: string | null;
}

/** `raised`: how often within the last `days` of the list. */
export interface DefinitionEntry {
  readonly definition: Definition;
  readonly origin: Origin | null;
  readonly devices: number;
  readonly raised: number;
}

export interface DefinitionList {
  readonly definitions: readonly DefinitionEntry[];
  readonly days: number;
  readonly can_try: boolean;
}

export interface Mark {
  readonly device: string;
  readonly at: string;
  readonly until: string | null;
  readonly count: number;
}

export interface Outcome {
  readonly alarms: number;
  readonly bins: readonly number[];
  readonly devices: Readonly<Record<string, number>>;
  readonly marks: readonly Mark[];
  readonly unanswered: readonly string[];
}

export interface Trial {
  readonly id: string;
  readonly key: string;
  readonly standing: "running" | "done" | "cancelled" | "failed";
  readonly start: string;
  readonly end: string;
  /** Before that there is one value a minute. */
  readonly raw_from: string;
  readonly toml: string;
  readonly devices: number;
  readonly done: number;
  readonly looked: number;
  readonly tried: Outcome | null;
  readonly in_force: Outcome | null;
  /** Of how many devices nothing is kept. */
  readonly silent: number | null;
  readonly complete: boolean | null;
}

/** How many days of the past. */
export const SPANS = [1, 7, 30] as const;
export type Span = (typeof SPANS)[number];

/** Either the text of a table, or new fields of a definition in force. */
export type Wanted = { readonly toml: string } | { readonly key: string; readonly fields: Readonly<Record<string, unknown>> };

export const readDefinitions = (): Promise<Answer<DefinitionList>> => look("/definitions");
export const beginTrial = (wanted: Wanted, days: Span): Promise<Answer<Trial>> => tell("/definitions/trials", { ...wanted, days });
export const readTrial = (id: string): Promise<Answer<Trial>> => look(`/definitions/trials/${id}`);
export const cancelTrial = (id: string): Promise<Answer<Trial>> => remove(`/definitions/trials/${id}`);
