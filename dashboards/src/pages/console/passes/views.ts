/** Where among the passes one is: `#/passes/inside`; `#/passes/search~浙B12345` is the search for a plate. Pure. */
import { addressOf } from "../route";

export const VIEWS = ["search", "inside", "visitors"] as const;
export type View = (typeof VIEWS)[number];

export interface Spot {
  readonly view: View;
  /** The plate that is searched for. */
  readonly plate: string | null;
}

export function spotOf(id: string | null): Spot {
  const [name = "", ...rest] = (id ?? "").split("~");
  const view = VIEWS.find((each) => each === name);
  return view === undefined ? { view: "search", plate: null } : { view, plate: rest.join("~") || null };
}

export function spotAddress(view: View, plate: string | null = null): string {
  return addressOf({ place: "passes", id: plate === null ? view : `${view}~${plate}` });
}
