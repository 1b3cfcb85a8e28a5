/** What may be shown of an order, and as what: live, last known, or final. Pure. */
import { isOver } from "@/live/charging";
import type { Order, Scan } from "@/live/charging";
import type { Refusal } from "@/live/ask";
import type { Polled } from "./poll";

/** Three questions without an answer. */
const LIVE_MS = 6_000;
const EVERY_MS = 2_000;
const SCAN_EVERY_MS = 10_000;
const CANCELLED_EVERY_MS = 15_000;

/** `post-away`: the post is not heard of; `hub-away`: this phone hears nothing. */
export type Liveness = "live" | "post-away" | "hub-away" | "final";

export function livenessOf(order: Order, ageMs: number): Liveness {
  if (isOver(order)) return "final";
  if (ageMs > LIVE_MS) return "hub-away";
  return order.stale ? "post-away" : "live";
}

/** When to ask for an order again, in ms; null once nothing changes any more. What never began may begin late. */
export function orderPauseMs({ body, refusal }: Polled<Order>): number | null {
  if (body?.state === "settled") return null;
  return pause(body?.state === "cancelled" ? CANCELLED_EVERY_MS : EVERY_MS, refusal);
}

/** The same for what a code says; a code that is good for nothing is asked for once. */
export function scanPauseMs({ refusal }: Polled<Scan>): number | null {
  return pause(refusal === null ? SCAN_EVERY_MS : EVERY_MS, refusal);
}

function pause(usual: number, refusal: Refusal | null): number | null {
  if (refusal?.kind !== "refused") return usual;
  if ([404, 410].includes(refusal.status)) return null;
  return Math.max(usual, 1000 * (refusal.retryAfterS ?? 0));
}

/** For how long the charge has gone on: counted on from the last answer while that is live. */
export function secondsOf(order: Order, liveness: Liveness, ageMs: number): number {
  const goesOn = liveness === "live" && order.state === "charging" && order.ended_at === null;
  return order.seconds + (goesOn ? ageMs / 1000 : 0);
}

/** Wall time that the figures are of, ms since 1970; null where nobody can tell. */
export function lastKnownMs(
  order: Order,
  liveness: Liveness,
  postHeardMs: number | null,
  heardMs: number,
): number | null {
  if (liveness !== "post-away" && !order.stale) return heardMs;
  if (postHeardMs !== null) return postHeardMs;
  return order.started_at === null ? null : Date.parse(order.started_at) + 1000 * order.seconds;
}
