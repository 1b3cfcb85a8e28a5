/** The places of the console. */
import { routesOf } from "@/components/routes";

export const PLACES = ["alarms", "devices", "doors", "passes", "charging", "posts", "orders", "register", "trends", "figures", "tender"] as const;
export type Place = (typeof PLACES)[number];

export const { routeOf, addressOf, useRoute, goTo } = routesOf(PLACES);
