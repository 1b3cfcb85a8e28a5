/** What is to be known of a door beside its state: whether fire holds it open, its mode, who may open it. Pure. */
import type { Device } from "@/live/protocol";
import type { Level } from "@/live/register";
import { trusted } from "@/look/look";

/** `on`: fire holds it unlocked; `was`: it was so when the door was last heard; null: it is not, as far as is known. */
export type Fire = "on" | "was" | null;

export function fireOf({ properties }: Device, live: boolean): Fire {
  const { fire, mode } = properties;
  if (fire?.value !== true && mode?.value !== "fire") return null;
  return live && (trusted(fire) === true || trusted(mode) === "fire") ? "on" : "was";
}

/** The mode as the door says it; null where it says none or it cannot be relied on. */
export function modeOf({ properties }: Device): string | null {
  const mode = trusted(properties["mode"]);
  return typeof mode === "string" ? mode : null;
}

/** Levels that open this door at some time. */
export function levelsAt(levels: readonly Level[], { kind, device }: Pick<Device, "kind" | "device">): readonly Level[] {
  const opening = new Set(["*", `${kind}/*`, `${kind}/${device}`]);
  return levels.filter(({ places }) => places.some((place) => opening.has(place)));
}

/** How many credentials, or people, the door itself says that it knows; null: it says nothing. */
export function heldBy({ properties }: Device): number | null {
  for (const name of ["credentials", "people-held"]) {
    const held = trusted(properties[name]);
    if (typeof held === "number") return held;
  }
  return null;
}
