/** Where in the register one is: `#/register/people~r-4k0z` is the person, `…~new` the form for one. Pure. */
import { addressOf, goTo } from "../route";

export const VIEWS = ["people", "households", "vehicles", "imports", "levels", "delivery"] as const;
export type View = (typeof VIEWS)[number];

export interface Spot {
  readonly view: View;
  /** What of it is open. */
  readonly open: string | null;
}

/** No key of the register is this. */
export const NEW = "new";

export function spotOf(id: string | null): Spot {
  const [name = "", ...rest] = (id ?? "").split("~");
  const view = VIEWS.find((each) => each === name);
  return view === undefined ? { view: "people", open: null } : { view, open: rest.join("~") || null };
}

export function spotAddress(view: View, open: string | null = null): string {
  return addressOf({ place: "register", id: idOf(view, open) });
}

/** Go there; `instead`: going back does not return here. */
export function goToSpot(view: View, open: string | null = null, instead = false): void {
  goTo({ place: "register", id: idOf(view, open) }, instead);
}

function idOf(view: View, open: string | null): string {
  return open === null ? view : `${view}~${open}`;
}
