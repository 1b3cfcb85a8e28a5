/** Imports into the register: upload, look at what would happen, confirm exactly that. */
import { look, send, tell } from "./ask";
import type { Answer } from "./ask";
import type { Words } from "./protocol";
import { query } from "./query";
import type { QueryValue } from "./query";

export type ImportWhat = "people" | "vehicles" | "blocked";
export type ImportState = "reading" | "unreadable" | "previewed" | "applying" | "applied" | "cancelled";
export type RowState = "new" | "changed" | "unchanged" | "bad" | "conflict";

export interface CellProblem {
  readonly column: string;
  readonly code: string;
  readonly text: Words;
}

export interface ImportRow {
  readonly row: number;
  readonly state: RowState;
  readonly key: string | null;
  readonly changes: readonly string[];
  readonly cells: Readonly<Record<string, string>>;
  readonly problems: readonly CellProblem[];
}

export interface Import {
  readonly id: string;
  readonly what: ImportWhat;
  readonly file: string;
  readonly state: ImportState;
  readonly plan: string | null;
  readonly counts: Readonly<Record<"rows" | RowState | "households", number>>;
  /** Rows done of those that are new or changed. */
  readonly applied: number;
  readonly columns: readonly string[];
  readonly unknown_columns: readonly string[];
  readonly problem: CellProblem | null;
  readonly made: string;
  readonly made_by: string;
  readonly ended: string | null;
}

const BASE = "/register/imports";
const of = (id: string, more = ""): string => `${BASE}/${encodeURIComponent(id)}${more}`;

export const readImports = (): Promise<Answer<{ readonly imports: readonly Import[] }>> => look(`${BASE}`);
export const readImport = (id: string): Promise<Answer<Import>> => look(of(id));
export const readRows = (
  id: string,
  wanted: Readonly<Record<string, QueryValue>>,
): Promise<Answer<{ readonly rows: readonly ImportRow[]; readonly next: number | null }>> =>
  look(of(id, `/rows${query(wanted)}`));
export const upload = (what: ImportWhat, file: File): Promise<Answer<Import>> =>
  send(`${BASE}${query({ what, name: file.name })}`, file);
export const applyImport = (id: string, plan: string): Promise<Answer<Import>> =>
  tell(of(id, "/apply"), { plan });
export const cancelImport = (id: string): Promise<Answer<Import>> => tell(of(id, "/cancel"), {});
export const templateSheet = (what: ImportWhat, format: "csv" | "xlsx", language: string): string =>
  `/api/v1${BASE}/template${query({ what, format, language })}`;
/** All that the register has, in the columns of an import. */
export const registerSheet = (what: ImportWhat, language: string): string =>
  `/api/v1/register/export.csv${query({ what, language })}`;
export const badRows = (id: string, language: string): string =>
  `/api/v1${of(id, "/bad.csv")}${query({ language })}`;
