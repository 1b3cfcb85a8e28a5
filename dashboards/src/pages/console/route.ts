/** Where on the console one is, in the address: `#/alarms/ID`, so that going back goes back. */
import { onScopeDispose, readonly, ref } from "vue";
import type { Ref } from "vue";

export const PLACES = ["alarms", "passes", "posts", "orders", "register", "figures", "tender"] as const;
export type Place = (typeof PLACES)[number];

export interface Route {
  readonly place: Place;
  /** What of it is open. */
  readonly id: string | null;
}

export function routeOf(hash: string): Route {
  const [place = "", id = ""] = hash.replace(/^#\/?/, "").split("/");
  const known = PLACES.find((each) => each === place);
  return known === undefined ? { place: "alarms", id: null } : { place: known, id: decoded(id) };
}

export function addressOf({ place, id }: Route): string {
  return id === null ? `#/${place}` : `#/${place}/${encodeURIComponent(id)}`;
}

function decoded(id: string): string | null {
  try {
    return id === "" ? null : decodeURIComponent(id);
  } catch {
    return null; // somebody typed it
  }
}

/** The address's route, as it changes. */
export function useRoute(): Readonly<Ref<Route>> {
  const route = ref(routeOf(location.hash));
  const follow = (): void => {
    route.value = routeOf(location.hash);
  };
  window.addEventListener("hashchange", follow);
  onScopeDispose(() => {
    window.removeEventListener("hashchange", follow);
  });
  return readonly(route);
}

/** Go there; `instead`: going back does not return here. */
export function goTo(route: Route, instead = false): void {
  const address = addressOf(route);
  if (instead) location.replace(address);
  else location.assign(address);
}
