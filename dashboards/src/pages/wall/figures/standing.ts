/** Whether a figure may be taken for how it is now. Pure. */
import { OLD_AFTER_MS } from "./use-wall-figures";
import type { Told } from "./use-wall-figures";

/** `waiting`: nothing was told yet; `failed`: the hub could not count it; `stale`: it is of earlier. */
export type Standing = "live" | "stale" | "failed" | "waiting";

/** How one of the hub's figures stands; `live`: whether this screen hears the hub. */
export function standingOf(name: "passes" | "energy" | "water", told: Told, live: boolean, nowMs: number): Standing {
  if (told.figures === null) return told.answered && live ? "waiting" : "failed";
  const figure = told.figures[name];
  if (figure === null) return "failed";
  const old = nowMs - Date.parse(figure.as_of) > OLD_AFTER_MS;
  return live && told.answered && !old ? "live" : "stale";
}

/** The graver of two, for a figure that is made of both. */
export function worse(one: Standing, other: Standing): Standing {
  const order: readonly Standing[] = ["live", "waiting", "stale", "failed"];
  return order.indexOf(one) >= order.indexOf(other) ? one : other;
}
