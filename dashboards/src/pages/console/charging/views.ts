/** Where in charging one is: `#/charging/orders~2611…` is an order. Pure. */
import { addressOf, goTo } from "../route";

export const VIEWS = ["orders", "figures", "codes", "accounts"] as const;
export type View = (typeof VIEWS)[number];

/** What each asks for. */
export const MAY_SEE: Readonly<Record<View, string>> = {
  orders: "charging",
  figures: "charging-figures",
  codes: "manage",
  accounts: "manage",
};

export interface Spot {
  readonly view: View;
  /** What of it is open. */
  readonly open: string | null;
}

export function spotOf(id: string | null): Spot {
  const [name = "", ...rest] = (id ?? "").split("~");
  const view = VIEWS.find((each) => each === name);
  return view === undefined ? { view: "orders", open: null } : { view, open: rest.join("~") || null };
}

export function spotAddress(view: View, open: string | null = null): string {
  return addressOf({ place: "charging", id: idOf(view, open) });
}

/** Go there; `instead`: going back does not return here. */
export function goToSpot(view: View, open: string | null, instead: boolean): void {
  goTo({ place: "charging", id: idOf(view, open) }, instead);
}

function idOf(view: View, open: string | null): string {
  return open === null ? view : `${view}~${open}`;
}
