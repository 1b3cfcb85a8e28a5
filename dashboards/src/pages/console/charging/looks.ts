/** How orders and connectors look: grey while all is well; each has a mark and a word too. Pure. */
import type { OrderState, Status } from "@/live/charging";
import type { Icon, Tone } from "@/look/look";

type Shown = { readonly tone: Tone; readonly icon: Icon };

export const ORDER_LOOKS: Readonly<Record<OrderState, Shown>> = {
  requested: { tone: "moving", icon: "outdated" },
  starting: { tone: "moving", icon: "outdated" },
  charging: { tone: "moving", icon: "bolt" },
  stopping: { tone: "moving", icon: "halted" },
  settled: { tone: "normal", icon: "running" },
  cancelled: { tone: "stale", icon: "returned" },
};

/** Figures of a post that is not heard of are not live. */
export const STALE_LOOK: Shown = { tone: "stale", icon: "offline" };

export const STATUS_LOOKS: Readonly<Record<Status, Shown>> = {
  free: { tone: "normal", icon: "running" },
  plugged: { tone: "normal", icon: "plug" },
  busy: { tone: "moving", icon: "bolt" },
  faulted: { tone: "alarm", icon: "warning" },
  offline: { tone: "stale", icon: "offline" },
  "power-cut": { tone: "attention", icon: "halted" },
  "out-of-service": { tone: "attention", icon: "wrench" },
  "no-supply": { tone: "normal", icon: "halted" },
};

const MOST_FEN = 10_000_000;

/** An amount as people type it, "50" or "12.5", in fen; null: it is none, or too much. */
export function fenOf(typed: string): number | null {
  const found = /^(-?)(\d{1,7})(?:[.．](\d{1,2}))?$/.exec(typed.replace(/[¥￥,\s]/g, ""));
  if (found === null) return null;
  const fen = Number(found[2]) * 100 + Number((found[3] ?? "").padEnd(2, "0"));
  return fen === 0 || fen > MOST_FEN ? null : found[1] === "-" ? -fen : fen;
}

/** Digits of an order's number, however they were typed or read out. */
export function digitsOf(typed: string): string {
  return typed.replace(/\D/g, "").slice(0, 16);
}
