/** What leaves to an authority on request: grounds, requests, their release, and what became of them. */
import { look, tell } from "./ask";
import type { Answer } from "./ask";
import { query } from "./query";
import type { QueryValue } from "./query";

export const KINDS = ["passes", "events", "alarms", "history"] as const;
export type Kind = (typeof KINDS)[number];

export const REVEALS = ["plates", "faces", "persons", "names", "telephones", "identity", "bystanders"] as const;

export const STATES = [
  "requested",
  "approved",
  "making",
  "ready",
  "handed-over",
  "rejected",
  "withdrawn",
  "expired",
  "cancelled",
  "failed",
] as const;
export type State = (typeof STATES)[number];

/** A text in both languages. */
export interface BothWords {
  readonly zh: string;
  readonly en: string;
}

/** Which data. From `from_ms` until `to_ms`, ms since 1970, the end not included; what is missing or empty sets no limit. */
export interface Scope {
  readonly from_ms: number;
  readonly to_ms: number;
  readonly kinds: readonly Kind[];
  /** `gate/east-in`, `door/*`. */
  readonly devices?: readonly string[];
  readonly areas?: readonly string[];
  /** May hold `*` and `?`. */
  readonly plate?: string | null;
  /** Keys of the register. */
  readonly person?: string | null;
  readonly vehicle?: string | null;
  /** Picked ones: of their kind then only these. */
  readonly passes?: readonly number[];
  readonly alarms?: readonly string[];
  readonly pictures?: boolean;
  readonly clips?: boolean;
}

/** A ground on which data may leave, and what of it. */
export interface Basis {
  readonly key: string;
  readonly title: BothWords;
  /** Which paper must be shown. */
  readonly document: BothWords;
  readonly kinds: readonly Kind[];
  readonly fields: Readonly<Partial<Record<Kind, readonly string[]>>>;
  /** What leaves unmasked. */
  readonly reveals: readonly string[];
  readonly longest_days: number;
  readonly release_days: number;
  /** The scope must name whom it is about. */
  readonly subject?: boolean;
}

export interface Officer {
  readonly name: string;
  readonly number: string;
}

export interface Wanted {
  readonly basis: string;
  readonly document_number: string;
  readonly case_number: string;
  readonly unit: string;
  readonly officers: readonly Officer[];
  readonly purpose: string;
  readonly scope: Scope;
  /** Public keys of age; empty: the bundle is not encrypted. */
  readonly recipients: readonly string[];
}

export interface Making {
  readonly stage: string;
  readonly done: number;
  readonly total: number;
}

export interface Bundle {
  readonly name: string;
  readonly bytes: number;
  readonly sha256: string;
  readonly files: number;
  readonly encrypted: boolean;
  readonly made: string;
  /** The fingerprint of the key that signed it; null: it was made before that was kept. */
  readonly signer: string | null;
}

export interface Disclosure extends Wanted {
  readonly id: string;
  /** As people call it: `2026-0007`. */
  readonly number: string;
  /** Grows with each step; what a person does quotes the one that they saw. */
  readonly version: number;
  readonly state: string;
  /** What people may do next. */
  readonly can: readonly string[];
  readonly basis_title: BothWords;
  readonly reason: string;
  readonly requested_by: string;
  readonly requested: string;
  readonly decided_by: string | null;
  readonly decided: string | null;
  readonly decision_reason: string;
  /** When its time is over, if nothing happens until then. */
  readonly expires: string | null;
  readonly progress: Making | null;
  readonly bundle: Bundle | null;
  readonly error: string | null;
  readonly handed: { readonly by: string; readonly to: string; readonly at: string } | null;
  /** Since when its files are deleted; the record stays. */
  readonly purged: string | null;
}

export interface Step {
  readonly n: number;
  readonly at: string;
  readonly who: string;
  readonly what: string;
  readonly reason: string;
  readonly details: Readonly<Record<string, unknown>>;
}

export interface DisclosureDetail extends Disclosure {
  readonly steps: readonly Step[];
}

export interface DisclosurePage {
  readonly exports: readonly Disclosure[];
  readonly next: string | null;
}

export interface PreviewColumn {
  readonly key: string;
  readonly zh: string;
  readonly en: string;
  readonly masked: boolean;
}

export interface PreviewTable {
  readonly kind: string;
  readonly columns: readonly PreviewColumn[];
  /** The first few, as they will stand in the CSV. */
  readonly rows: readonly (readonly string[])[];
}

export interface Withheld {
  readonly what: string;
  readonly number: number;
  readonly why: BothWords;
}

export interface Sample {
  /** SHA-256 of the picture as it is kept. */
  readonly of: string;
  readonly masked: boolean;
}

/** What exactly will leave. */
export interface Preview {
  readonly counts: Readonly<Record<string, number>>;
  readonly pictures: number;
  readonly clips: number;
  readonly tables: readonly PreviewTable[];
  readonly withheld: readonly Withheld[];
  readonly samples: readonly Sample[];
}

export interface SignerKey {
  readonly pem: string;
  readonly fingerprint: string;
}

export const DEEDS = ["approve", "reject", "withdraw", "cancel", "resume", "handed"] as const;
export type DisclosureDeed = (typeof DEEDS)[number];

const of = (id: string, what = ""): string => `/exports/${encodeURIComponent(id)}${what}`;

export const readBases = (): Promise<Answer<{ readonly bases: readonly Basis[] }>> => look("/exports/bases");
export const readKey = (): Promise<Answer<SignerKey>> => look("/exports/key");
export const readDisclosures = (wanted: Readonly<Record<string, QueryValue>>): Promise<Answer<DisclosurePage>> =>
  look(`/exports${query(wanted)}`);
export const readDisclosure = (id: string): Promise<Answer<DisclosureDetail>> => look(of(id));
export const previewOf = (basis: string, scope: Scope): Promise<Answer<Preview>> =>
  tell("/exports/preview", { basis, scope });
export const requestIt = (wanted: Wanted): Promise<Answer<Disclosure>> => tell("/exports", wanted);

/** Every call quotes the version that the person saw. */
export function doTo(
  { id, version }: Pick<Disclosure, "id" | "version">,
  deed: DisclosureDeed,
  said: Readonly<Record<string, string>> = {},
): Promise<Answer<Disclosure>> {
  return tell(of(id, `/${deed}`), { version, ...said });
}

/** Where a sample is, as it will leave. Each look is in the audit. */
export const addressOfSample = (sha256: string, basis: string): string =>
  `/api/v1/exports/preview/pictures/${encodeURIComponent(sha256)}${query({ basis })}`;
/** Where the browser downloads the bundle, or what belongs to it. */
export const addressOfBundle = (id: string, what: "" | ".sha256" | ".sha256.sig" = ""): string =>
  `/api/v1${of(id, `/bundle${what}`)}`;
/** The hand-over record, one page to print and to sign. */
export const addressOfRecord = (id: string): string => `/api/v1${of(id, "/record")}`;
export const registerSheet = (wanted: Readonly<Record<string, QueryValue>>): string =>
  `/api/v1/exports.csv${query(wanted)}`;
