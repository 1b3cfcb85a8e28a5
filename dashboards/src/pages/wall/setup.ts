/** How a wall screen is set up: by its address, else as kept in its browser, else as the site file says. Pure. */
import type { SiteWall } from "@/live/protocol";
import type { Viewing } from "./letters";

/** Into how many panels the picture is cut. */
export interface Seams {
  readonly columns: number;
  readonly rows: number;
}

export interface Setup {
  readonly viewing: Viewing | null;
  readonly seams: Seams;
}

export const WHOLE: Seams = { columns: 1, rows: 1 };
const NAMES = ["height_mm", "distance_m", "seams"] as const;
/** As in the site file. */
const HEIGHT_MM = [100, 20_000] as const;
const DISTANCE_M = [0.3, 100] as const;

/**
 * What a browser keeps, as a query: what it kept before, and over it what the address says. A name with nothing behind
 * it (`?height_mm=`) forgets; what makes no sense is as if it were not there.
 */
export function keptSetup(search: string, before: string | null): string {
  const asked = new URLSearchParams(search);
  const kept = new URLSearchParams(before ?? "");
  for (const name of NAMES) {
    const value = asked.get(name);
    if (value === "") kept.delete(name);
    else if (value !== null && isSense(name, value)) kept.set(name, value);
  }
  return kept.toString();
}

/** `site` is what the site file says, if anything. */
export function setupOf(keptQuery: string, site: SiteWall | null): Setup {
  const said = new URLSearchParams(keptQuery);
  const heightMm = within(said.get("height_mm"), HEIGHT_MM) ?? site?.height_mm ?? null;
  const distanceM = within(said.get("distance_m"), DISTANCE_M) ?? site?.distance_m ?? null;
  return {
    viewing: heightMm === null || distanceM === null ? null : { heightMm, distanceM },
    seams: seamsOf(said.get("seams")) ?? seamsOf(site?.seams ?? null) ?? WHOLE,
  };
}

function isSense(name: (typeof NAMES)[number], value: string): boolean {
  if (name === "seams") return seamsOf(value) !== null;
  return within(value, name === "height_mm" ? HEIGHT_MM : DISTANCE_M) !== null;
}

/** `2x3`: two columns of panels, three rows. */
function seamsOf(text: string | null): Seams | null {
  const found = /^([1-8])x([1-8])$/.exec(text ?? "");
  return found === null ? null : { columns: Number(found[1]), rows: Number(found[2]) };
}

function within(text: string | null, [least, most]: readonly [number, number]): number | null {
  const value = text === null || text === "" ? NaN : Number(text);
  return value >= least && value <= most ? value : null;
}
