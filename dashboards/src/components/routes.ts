/** Where on a page one is, in the address: `#/alarms/ID`, so that going back goes back. */
import { onScopeDispose, readonly, ref } from "vue";
import type { Ref } from "vue";

export interface Route<Place extends string> {
  readonly place: Place;
  /** What of it is open. */
  readonly id: string | null;
}

export interface Routes<Place extends string> {
  readonly routeOf: (hash: string) => Route<Place>;
  readonly addressOf: (route: Route<Place>) => string;
  /** The address's route, as it changes. */
  readonly useRoute: () => Readonly<Ref<Route<Place>>>;
  /** Go there; `instead`: going back does not return here. */
  readonly goTo: (route: Route<Place>, instead?: boolean) => void;
}

/** The routes of a page with these places; without a known one in its address it shows the first. */
export function routesOf<Place extends string>(places: readonly [Place, ...Place[]]): Routes<Place> {
  const routeOf = (hash: string): Route<Place> => {
    const [name = "", id = ""] = hash.replace(/^#\/?/, "").split("/");
    const place = places.find((each) => each === name);
    return place === undefined ? { place: places[0], id: null } : { place, id: decoded(id) };
  };
  const addressOf = ({ place, id }: Route<Place>): string =>
    id === null ? `#/${place}` : `#/${place}/${encodeURIComponent(id)}`;
  return {
    routeOf,
    addressOf,
    useRoute: () => {
      const route = ref(routeOf(location.hash)) as Ref<Route<Place>>;
      const follow = (): void => {
        route.value = routeOf(location.hash);
      };
      window.addEventListener("hashchange", follow);
      onScopeDispose(() => {
        window.removeEventListener("hashchange", follow);
      });
      return readonly(route) as Readonly<Ref<Route<Place>>>;
    },
    goTo: (route, instead = false) => {
      if (instead) location.replace(addressOf(route));
      else location.assign(addressOf(route));
    },
  };
}

function decoded(id: string): string | null {
  try {
    return id === "" ? null : decodeURIComponent(id);
  } catch {
    return null; // somebody typed it
  }
}
