/** A cell of a table that leaves, as a person reads it. Pure. */
import type { Scalar } from "@/live/protocol";

const LONGEST = 64;

/** What is long is cut for the screen; it leaves whole. */
export function shownCell(cell: Scalar): string {
  if (cell === null || cell === "") return "—";
  const text = String(cell);
  return text.length > LONGEST ? `${text.slice(0, LONGEST)}…` : text;
}
