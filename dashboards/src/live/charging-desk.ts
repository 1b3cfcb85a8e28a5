/** Charging as staff see it: orders, codes of connectors, prepaid accounts, figures. Money in whole fen, energy in Wh. */
import { look, remove, tell } from "./ask";
import type { Answer } from "./ask";
import type { Order } from "./charging";
import { query } from "./query";
import type { QueryValue } from "./query";

export interface StaffOrder extends Order {
  /** `charger/ID` */
  readonly device: string;
  readonly account: string | null;
  /** What the post calls the charge. */
  readonly transaction: string | null;
  /** False: the post began by itself, so that it is nobody's. */
  readonly placed: boolean;
  readonly stopped_by: string | null;
}

export interface Reading {
  /** By the post's clock. */
  readonly at: string;
  readonly energy_wh: number;
}

export interface OrderStep {
  readonly ts: string;
  readonly who: string;
  /** `charge.placed` and the like. */
  readonly what: string;
  readonly reason: string;
}

export interface StaffOrderDetail extends StaffOrder {
  readonly readings: readonly Reading[];
  readonly timeline: readonly OrderStep[];
}

export interface OrderPage {
  readonly orders: readonly StaffOrder[];
  /** What to ask for as `before`. */
  readonly next: number | null;
}

export interface ChargingFigures {
  /** How many connectors are how, by status. */
  readonly connectors: Readonly<Record<string, number>>;
  readonly power_w: number;
  readonly open_orders: number;
  readonly days: readonly {
    readonly day: string;
    readonly orders: number;
    readonly energy_wh: number;
    readonly income_fen: number;
  }[];
  readonly energy_wh: number;
  readonly income_fen: number;
}

export interface Code {
  readonly code: string;
  readonly device: string;
  readonly once: boolean;
  readonly made: string;
  readonly made_by: string;
  readonly expires: string | null;
  /** The order that used it up. */
  readonly order: string | null;
  readonly revoked: string | null;
  readonly revoked_by: string | null;
  readonly good: boolean;
}

export interface StaffAccount {
  readonly id: string;
  /** Whose it is, without a name. */
  readonly note: string;
  readonly made: string;
  readonly made_by: string;
  readonly balance_fen: number;
  readonly held_fen: number;
  /** Null: it is open. */
  readonly closed: string | null;
  readonly closed_by: string | null;
  /** What was left when it was closed, to be paid back. */
  readonly paid_out_fen: number;
}

/** The key is shown this once. */
export interface OpenedAccount {
  readonly account: StaffAccount;
  readonly key: string;
}

export const WANTED_STATES = ["all", "open", "settled", "cancelled"] as const;

type Wanted = Readonly<Record<string, QueryValue>>;
const BASE = "/charging";
const of = (what: string, id: string, more = ""): string => `${BASE}/${what}/${encodeURIComponent(id)}${more}`;

export const readOrders = (wanted: Wanted): Promise<Answer<OrderPage>> => look(`${BASE}/orders${query(wanted)}`);
/** Where the browser downloads what was searched for. */
export const ordersSheet = (wanted: Wanted): string => `/api/v1${BASE}/orders.csv${query(wanted)}`;
export const readOrder = (number: string): Promise<Answer<StaffOrderDetail>> => look(of("orders", number));
export const endCharge = (number: string, reason: string): Promise<Answer<StaffOrder>> =>
  tell(of("orders", number, "/stop"), { reason });
export const readChargingFigures = (from: string, to: string): Promise<Answer<ChargingFigures>> =>
  look(`${BASE}/figures${query({ from, to })}`);

export const readCodes = (device: string | null): Promise<Answer<{ readonly codes: readonly Code[] }>> =>
  look(`${BASE}/codes${query({ device })}`);
export const makeCode = (device: string, once: boolean, minutes: number | null): Promise<Answer<Code>> =>
  tell(`${BASE}/codes`, { device, once, minutes });
export const revokeCode = (code: string): Promise<Answer<Code>> => remove(of("codes", code));
export const pictureOfCode = (code: string): string => `/api/v1${of("codes", code, "/qr.svg")}`;

export const readAccounts = (): Promise<Answer<{ readonly accounts: readonly StaffAccount[] }>> => look(`${BASE}/accounts`);
export const openAccount = (note: string): Promise<Answer<OpenedAccount>> => tell(`${BASE}/accounts`, { note });
/** The same `request` again changes nothing. */
export const topUp = (id: string, fen: number, note: string, request: string): Promise<Answer<StaffAccount>> =>
  tell(of("accounts", id, "/top-up"), { fen, note, request });
/** `fen`: what is left in it, as it is shown. */
export const closeAccount = (id: string, fen: number, reason: string): Promise<Answer<StaffAccount>> =>
  tell(of("accounts", id, "/close"), { fen, reason });
/** The key before opens nothing any more. */
export const newAccountKey = (id: string): Promise<Answer<OpenedAccount>> => tell(of("accounts", id, "/key"), {});
