/** The register: people, households, vehicles, access levels, consents. */
import { change, look, put, remove, tell } from "./ask";
import type { Answer } from "./ask";
import type { Words } from "./protocol";
import { query } from "./query";
import type { QueryValue } from "./query";

export const CATEGORIES = ["resident", "staff", "visitor", "service"] as const;
export type Category = (typeof CATEGORIES)[number];
export const FACES = ["none", "consented", "withdrawn"] as const;
export type Face = (typeof FACES)[number];

export interface Household {
  readonly id: string;
  readonly building: string;
  readonly unit: string;
  readonly number: string;
  readonly room: string;
  readonly note: string;
  readonly people: number;
  readonly vehicles: number;
  /** Since when it has a visitor link. */
  readonly link: string | null;
  readonly changed: string;
  readonly version: number;
}

export interface Person {
  readonly key: string;
  readonly name: string;
  readonly category: Category;
  readonly household: string | null;
  readonly room: string | null;
  readonly phone: string;
  readonly cards: readonly string[];
  readonly levels: readonly string[];
  readonly valid_from: string | null;
  /** The first moment after. */
  readonly valid_until: string | null;
  readonly blocked: boolean;
  readonly face: Face;
  readonly face_since: string | null;
  readonly birth_year: number | null;
  readonly child: boolean;
  readonly guardian: string;
  readonly note: string;
  readonly left: string | null;
  readonly changed: string;
  readonly version: number;
}

export interface Vehicle {
  readonly key: string;
  readonly plate: string;
  readonly category: Category;
  readonly person: string | null;
  readonly owner: string | null;
  readonly household: string | null;
  readonly room: string | null;
  readonly levels: readonly string[];
  readonly valid_from: string | null;
  readonly valid_until: string | null;
  readonly blocked: boolean;
  readonly blocked_reason: string;
  readonly blocked_by: string | null;
  readonly blocked_at: string | null;
  readonly note: string;
  readonly removed: string | null;
  readonly changed: string;
  readonly version: number;
}

export interface Consent {
  readonly n: number;
  readonly given: boolean;
  readonly at: string;
  readonly recorded: string;
  readonly by: string;
  readonly how: string;
  readonly text_version: string;
  readonly by_guardian: boolean;
  readonly note: string;
}

export interface Withdrawal {
  readonly n: number;
  readonly person: string;
  readonly name: string;
  readonly room: string | null;
  readonly since: string;
  readonly by: string;
  readonly how: string;
  readonly terminals: number;
  readonly open: number;
  readonly complete: boolean;
  readonly completed: string | null;
}

export const REMOVAL_STATES = ["open", "refused", "acknowledged", "proven", "waived"] as const;

export interface Removal {
  readonly device: string;
  readonly title: Words | null;
  readonly state: (typeof REMOVAL_STATES)[number];
  readonly asked: string;
  readonly done: string | null;
  readonly held: boolean | null;
  readonly acknowledged: boolean | null;
  readonly absent: boolean | null;
  readonly event: string | null;
  readonly event_seq: number | null;
  readonly sha256: string | null;
  readonly audit: number | null;
  readonly waived_by: string | null;
  readonly waived_why: string | null;
}

export interface Proof {
  readonly withdrawal: Withdrawal;
  readonly removals: readonly Removal[];
}

export interface PersonDetail {
  readonly person: Person;
  readonly consents: readonly Consent[];
  readonly vehicles: readonly Vehicle[];
  readonly withdrawals: readonly Withdrawal[];
  readonly listed: boolean;
}

export interface HouseholdDetail {
  readonly household: Household;
  readonly people: readonly Person[];
  readonly vehicles: readonly Vehicle[];
}

export interface Level {
  readonly key: string;
  readonly title: Words;
  readonly places: readonly string[];
  readonly periods: readonly { readonly days: readonly string[]; readonly from: string; readonly to: string }[];
  readonly holidays: readonly string[];
  readonly used: number;
  readonly version: number;
}

export interface NewLink {
  readonly household: string;
  readonly room: string;
  readonly key: string;
  readonly path: string;
}

interface Page {
  readonly total: number;
  readonly next: number | null;
}
type Wanted = Readonly<Record<string, QueryValue>>;
/** What somebody writes into a form; `version` is of what they saw. */
export type Fields = Readonly<Record<string, unknown>>;

const BASE = "/register";
const of = (what: string, key: string | number, more = ""): string =>
  `${BASE}/${what}/${encodeURIComponent(String(key))}${more}`;

export const readPeople = (wanted: Wanted): Promise<Answer<Page & { readonly people: readonly Person[] }>> =>
  look(`${BASE}/people${query(wanted)}`);
export const readPerson = (key: string): Promise<Answer<PersonDetail>> => look(of("people", key));
export const addPerson = (fields: Fields): Promise<Answer<Person>> => tell(`${BASE}/people`, fields);
export const changePerson = (key: string, fields: Fields): Promise<Answer<Person>> => change(of("people", key), fields);
export const personLeaves = (key: string, fields: Fields): Promise<Answer<Person>> =>
  tell(of("people", key, "/leave"), fields);
export const recordConsent = (key: string, fields: Fields): Promise<Answer<PersonDetail>> =>
  tell(of("people", key, "/consent"), fields);

export const readHouseholds = (
  wanted: Wanted,
): Promise<Answer<Page & { readonly households: readonly Household[] }>> => look(`${BASE}/households${query(wanted)}`);
export const readHousehold = (id: string): Promise<Answer<HouseholdDetail>> => look(of("households", id));
export const addHousehold = (fields: Fields): Promise<Answer<Household>> => tell(`${BASE}/households`, fields);
export const changeHousehold = (id: string, fields: Fields): Promise<Answer<Household>> =>
  change(of("households", id), fields);
export const makeLink = (id: string): Promise<Answer<NewLink>> => tell(of("households", id, "/link"), {});
export const revokeLink = (id: string): Promise<Answer<Household>> => remove(of("households", id, "/link"));

export const readVehicles = (wanted: Wanted): Promise<Answer<Page & { readonly vehicles: readonly Vehicle[] }>> =>
  look(`${BASE}/vehicles${query(wanted)}`);
export const readVehicle = (key: string): Promise<Answer<Vehicle>> => look(of("vehicles", key));
export const addVehicle = (fields: Fields): Promise<Answer<Vehicle>> => tell(`${BASE}/vehicles`, fields);
export const changeVehicle = (key: string, fields: Fields): Promise<Answer<Vehicle>> =>
  change(of("vehicles", key), fields);
export const removeVehicle = (key: string, fields: Fields): Promise<Answer<Vehicle>> =>
  tell(of("vehicles", key, "/remove"), fields);
/** A plate, whether it is registered or not. */
export const blockPlate = (fields: Fields): Promise<Answer<Vehicle>> => tell(`${BASE}/blocked-plates`, fields);
export const unblockPlate = (key: string, fields: Fields): Promise<Answer<Vehicle>> =>
  tell(of("vehicles", key, "/unblock"), fields);

export const readLevels = (): Promise<Answer<{ readonly levels: readonly Level[] }>> => look(`${BASE}/levels`);
export const putLevel = (key: string, fields: Fields): Promise<Answer<Level>> => put(of("levels", key), fields);

export const readWithdrawals = (
  wanted: Wanted,
): Promise<Answer<Page & { readonly withdrawals: readonly Withdrawal[] }>> =>
  look(`${BASE}/withdrawals${query(wanted)}`);
export const readProof = (n: number): Promise<Answer<Proof>> => look(of("withdrawals", n));
/** A page to print. */
export const proofPage = (n: number, language: string): string =>
  `/api/v1${of("withdrawals", n, "/proof.html")}${query({ language })}`;
export const waive = (n: number, fields: Fields): Promise<Answer<Proof>> => tell(of("withdrawals", n, "/waive"), fields);
