/** The places of the police desk, who may see them, and what their addresses name. */
import { routesOf } from "@/components/routes";
import type { WhoAmI } from "@/live/session";

export const PLACES = ["search", "request", "release", "register", "feed"] as const;
export type Place = (typeof PLACES)[number];

export const { routeOf, addressOf, useRoute, goTo } = routesOf(PLACES);

const MAY_SEE: Readonly<Record<Place, string>> = {
  search: "disclose",
  request: "disclose",
  release: "release",
  register: "disclosures",
  feed: "feed",
};

/** As far as is known, nothing is hidden: the hub says no where it must. */
export function placesFor(me: WhoAmI | null): readonly Place[] {
  return PLACES.filter((place) => me?.permissions.includes(MAY_SEE[place]) ?? true);
}

const ALARM = "alarm~";

/** The alarm that `#/request/alarm~ID` asks to be handed over; null: it asks for none. */
export function alarmToHand(id: string | null): string | null {
  return id?.startsWith(ALARM) ? id.slice(ALARM.length) : null;
}
