/** What an import would do and has done, in words. Pure. */
import type { Import, ImportRow, ImportWhat, RowState } from "@/live/imports";

export const SORTS: readonly ImportWhat[] = ["people", "vehicles", "blocked"];
export const WHAT_KEYS: Readonly<Record<ImportWhat, string>> = {
  people: "imports.whatPeople",
  vehicles: "imports.whatVehicles",
  blocked: "imports.whatBlocked",
};
/** What needs somebody comes first. */
export const ROW_STATES: readonly RowState[] = ["bad", "conflict", "new", "changed", "unchanged"];
export const MOST_BYTES = 10 * 1024 * 1024;

/** Rows that are to be written, or were. */
export function rowsToDo({ counts }: Pick<Import, "counts">): number {
  return counts.new + counts.changed;
}

/** What pressing "confirm" will do, in parts: a key of words and the number in it. */
export function deedsOf({ what, counts }: Pick<Import, "what" | "counts">): readonly { key: string; count: number }[] {
  return [
    { key: `importNew.${what}`, count: counts.new },
    { key: `importChange.${what}`, count: counts.changed },
  ].filter(({ count }) => count > 0);
}

/** The states of which there are rows; a preview is looked at from its faults on. */
export function statesOf({ counts }: Pick<Import, "counts">): readonly RowState[] {
  return ROW_STATES.filter((state) => counts[state] > 0);
}

/** Whether it goes on by itself, so that one should look again. */
export function isMoving({ state }: Pick<Import, "state">): boolean {
  return state === "reading" || state === "applying";
}

export interface Cell {
  /** A field of the register. */
  readonly field: string;
  readonly text: string;
}

/** What stood in a row, as the register calls its fields. */
export function cellsOf({ cells }: Pick<ImportRow, "cells">): readonly Cell[] {
  return Object.entries(cells)
    .filter(([, text]) => text !== "")
    .map(([field, text]) => ({ field, text }));
}

const HOME = ["building", "unit", "number"];
const EMPTIED = "-";

/** What a row changes, and into what; an empty text: the field is emptied. */
export function changesOfRow({ changes, cells }: Pick<ImportRow, "changes" | "cells">): readonly Cell[] {
  return changes.map((change) => {
    const field = change.replace(/_ms$/, "");
    const home = HOME.map((part) => cells[part] ?? "").filter((part) => part !== "");
    const text = field === "room" ? home.join("-") : (cells[field] ?? "");
    return { field, text: text === EMPTIED ? "" : text };
  });
}
