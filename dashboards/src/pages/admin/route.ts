/** The places of the administration. */
import { routesOf } from "@/components/routes";

export const PLACES = ["health", "people", "tokens", "plans", "devices", "definitions"] as const;
export type Place = (typeof PLACES)[number];

export const { routeOf, addressOf, useRoute, goTo } = routesOf(PLACES);
