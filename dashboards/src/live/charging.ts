/**
 * Charging as residents use it: a scanned code, an order, an account. Nobody signs in; whoever holds the key of an
 * order or an account may see it. Money in whole fen, energy in whole Wh, times RFC 3339 UTC.
 */
import { look, tell } from "./ask";
import type { Answer } from "./ask";
import type { Words } from "./protocol";

export type Vehicle = "car" | "e-bike";
/** `free`, `prepaid`, or what another package brings. */
export type Provider = string;

/** Prices of one part of the day, in fen for a kWh. */
export interface Period {
  /** "08:00" */
  readonly from: string;
  /** "24:00" at the end of a day. */
  readonly to: string;
  readonly title: Words;
  readonly energy_fen: number;
  readonly service_fen: number;
}

export interface Tariff {
  readonly title: Words;
  readonly free: boolean;
  readonly periods: readonly Period[];
  /** The place in `periods` of the one that is on. */
  readonly now: number;
}

export interface Connector {
  readonly title: Words;
  readonly area: Words | null;
  readonly vehicle: Vehicle;
  /** In W. */
  readonly max_power: number | null;
}

export const STATUSES = [
  "free",
  "plugged",
  "busy",
  "faulted",
  "offline",
  "power-cut",
  "out-of-service",
  "no-supply",
] as const;
export type Status = (typeof STATUSES)[number];

export interface Scan {
  readonly site: Words;
  readonly connector: Connector;
  readonly status: Status;
  readonly tariff: Tariff;
  readonly payment: { readonly provider: Provider; readonly hold_fen: number };
}

export const ORDER_STATES = ["requested", "starting", "charging", "stopping", "settled", "cancelled"] as const;
export type OrderState = (typeof ORDER_STATES)[number];

/** What one part of the day comes to: `energy_fen` and `service_fen` together are `amount_fen`. */
export interface Line {
  readonly from: string;
  readonly to: string;
  readonly title: Words;
  readonly energy_wh: number;
  readonly energy_fen: number;
  readonly service_fen: number;
  readonly amount_fen: number;
}

export interface Order {
  readonly number: string;
  readonly state: OrderState;
  readonly connector: Connector;
  readonly requested_at: string;
  readonly started_at: string | null;
  readonly ended_at: string | null;
  readonly seconds: number;
  readonly energy_wh: number;
  readonly power_w: number | null;
  readonly soc: number | null;
  /** The post is not heard of: the figures are of the last moment that it was. */
  readonly stale: boolean;
  readonly amount_fen: number;
  readonly lines: readonly Line[];
  readonly free: boolean;
  readonly provider: Provider;
  readonly hold_fen: number;
  readonly balance_fen: number | null;
  readonly why: string | null;
  readonly estimated: boolean;
  readonly problem: { readonly code: string; readonly detail: string } | null;
  readonly tariff: Tariff;
}

/** `balance_fen` is all that is left, with what open orders hold of it; below zero it is owed. */
export interface Account {
  readonly balance_fen: number;
  readonly held_fen: number;
  /** It pays for nothing any more. */
  readonly closed: boolean;
  readonly orders: readonly Order[];
}

export function isOver({ state }: Order): boolean {
  return state === "settled" || state === "cancelled";
}

export function scan(code: string): Promise<Answer<Scan>> {
  return look(`/charging/codes/${encodeURIComponent(code)}`);
}

/** The same `request` again is the same order, however often it is sent. */
export function begin(
  code: string,
  request: string,
  account: string | null,
): Promise<Answer<{ readonly key: string; readonly order: Order }>> {
  return tell(`/charging/codes/${encodeURIComponent(code)}/orders`, { request, account });
}

export function orderBy(key: string): Promise<Answer<Order>> {
  return look(`/charging/orders/by-key/${encodeURIComponent(key)}`);
}

export function stop(key: string): Promise<Answer<Order>> {
  return tell(`/charging/orders/by-key/${encodeURIComponent(key)}/stop`, {});
}

export function accountBy(key: string): Promise<Answer<Account>> {
  return look(`/charging/accounts/by-key/${encodeURIComponent(key)}`);
}
