/** Which places of the console somebody may see. Pure. */
import type { WhoAmI } from "@/live/session";
import { PLACES } from "./route";
import type { Place } from "./route";

const MAY_SEE: Readonly<Record<Place, string>> = {
  alarms: "alarms",
  devices: "devices",
  doors: "devices",
  passes: "passes",
  charging: "charging",
  posts: "duty",
  orders: "orders",
  register: "register",
  trends: "history",
  figures: "reports",
  tender: "reports",
};

/** As far as is known, nothing is hidden: the hub says no where it must. */
export function placesFor(me: WhoAmI | null): readonly Place[] {
  return PLACES.filter((place) => me?.permissions.includes(MAY_SEE[place]) ?? true);
}
