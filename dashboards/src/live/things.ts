/** What a device says that it is, what it was asked to do, what it reported, and how its values ran. Times RFC 3339 UTC. */
import { look, tell } from "./ask";
import type { Answer } from "./ask";
import type { HubEvent, Scalar, Words } from "./protocol";
import { query } from "./query";

/** A value: of a property, or of a field of an action's input. */
export interface Schema {
  readonly type: string;
  readonly title: string | null;
  readonly titles: Words;
  readonly unit: string | null;
  readonly minimum: number | null;
  readonly maximum: number | null;
  readonly enum: readonly Scalar[];
  /** Whether its changes are kept as a series. */
  readonly "hemei:history": boolean;
}

export interface ActionSchema {
  readonly title: string | null;
  readonly titles: Words;
  readonly input: {
    readonly properties: Readonly<Record<string, Schema>>;
    readonly required: readonly string[];
  };
  /** Seconds that the device may take to show success. */
  readonly "hemei:timeout": number;
}

export interface Description {
  readonly "hemei:heartbeat": number;
  readonly properties: Readonly<Record<string, Schema>>;
  readonly actions: Readonly<Record<string, ActionSchema>>;
  readonly events: Readonly<Record<string, { readonly title: string | null; readonly titles: Words }>>;
}

/** `requested` and `accepted` are on their way; all others are final. */
export const ASKED_STATUSES = ["requested", "accepted", "succeeded", "failed", "refused", "expired"] as const;

/** Something that a device was asked to do. */
export interface Asked {
  readonly id: string;
  readonly action: string;
  readonly input: Readonly<Record<string, Scalar>>;
  /** Who asked: a principal. */
  readonly issuer: string;
  readonly reason: string;
  readonly requested: string;
  /** Until when it may begin. */
  readonly expires: string;
  readonly status: string;
  readonly ended: string | null;
  readonly error: { readonly code: string; readonly message: string } | null;
}

export type Aggregate = "raw" | "mean" | "min" | "max" | "last";

export interface Point {
  readonly ts: string;
  readonly value: Scalar;
}

export interface Series {
  readonly points: readonly Point[];
  /** There are more than fit. */
  readonly truncated: boolean;
}

export interface EventPage {
  readonly events: readonly HubEvent[];
  /** What to ask for as `before`; null: there is nothing older. */
  readonly next: number | null;
}

export function isFinal({ status }: Asked): boolean {
  return status !== "requested" && status !== "accepted";
}

export const readDescription = (key: string): Promise<Answer<Description>> => look(`/devices/${key}/description`);

/** Ask it once; the answer is at once, and what became of it is read by its id. */
export const askFor = (
  key: string,
  action: string,
  input: Readonly<Record<string, Scalar>>,
  reason: string,
): Promise<Answer<Asked>> => tell(`/devices/${key}/actions/${action}`, { input, reason });

export const readAsked = (id: string): Promise<Answer<Asked>> => look(`/actions/${encodeURIComponent(id)}`);

/** What it was last asked to do, by anybody, the newest first. */
export const readAllAsked = (key: string): Promise<Answer<{ readonly actions: readonly Asked[] }>> =>
  look(`/devices/${key}/actions`);

/** `fromMs` and `toMs` in ms since 1970; `stepS` in seconds, for all but `raw`. */
export function readSeries(
  key: string,
  property: string,
  stretch: { readonly fromMs: number; readonly toMs: number; readonly aggregate: Aggregate; readonly stepS?: number },
): Promise<Answer<Series>> {
  const { fromMs, toMs, aggregate, stepS } = stretch;
  const [from, to] = [new Date(fromMs).toISOString(), new Date(toMs).toISOString()];
  return look(`/history${query({ device: key, property, from, to, aggregate, step: stepS })}`);
}

/** Its events, the newest first; `before`: what a page named as `next`. */
export function readEvents(key: string, limit: number, before: number | null): Promise<Answer<EventPage>> {
  const [site, kind, device] = key.split("/");
  return look(`/events${query({ site, kind, device, limit, before, newest_first: true })}`);
}
