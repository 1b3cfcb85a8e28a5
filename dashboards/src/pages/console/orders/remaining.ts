/** How much time an order has left. Pure. */
import type { WorkOrder } from "@/live/orders";
import type { Icon, Tone } from "@/look/look";

export interface Remaining {
  readonly limit: "respond" | "resolve";
  readonly byMs: number;
  /** Below zero: it is late. */
  readonly leftMs: number;
}

/** Of the limit that comes next; null: nothing is waited for. */
export function remainingOf(order: WorkOrder, nowMs: number): Remaining | null {
  if (order.closed !== null || order.done !== null) return null;
  const limit = order.responded === null ? "respond" : "resolve";
  const byMs = Date.parse(limit === "respond" ? order.respond_by : order.resolve_by);
  return { limit, byMs, leftMs: byMs - nowMs };
}

export const DUE_LOOKS: Readonly<Record<string, { readonly tone: Tone; readonly icon: Icon }>> = {
  "in-time": { tone: "normal", icon: "outdated" },
  "near-due": { tone: "attention", icon: "outdated" },
  overdue: { tone: "alarm", icon: "warning" },
};

/** What the hub said, made graver where time has passed since. */
export function dueOf(order: WorkOrder, nowMs: number): string {
  const remaining = remainingOf(order, nowMs);
  return remaining !== null && remaining.leftMs < 0 ? "overdue" : order.due;
}

/** What is late or due first comes first. */
export function mostUrgentFirst(orders: readonly WorkOrder[], nowMs: number): readonly WorkOrder[] {
  const by = (order: WorkOrder): number => remainingOf(order, nowMs)?.byMs ?? Infinity;
  return orders.toSorted((one, other) => by(one) - by(other) || one.number - other.number);
}
