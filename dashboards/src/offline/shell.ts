/** What the console's worker does with which request. Pure. */

/** Where the console's page is. */
export const PAGE = "/console";
const ASSETS = "/assets/";

export interface Asked {
  readonly method: string;
  readonly mode: string;
  readonly url: string;
}

/**
 * `page`: ask the hub, and show the kept page if it is away. `asset`: its name changes with what is in it, so the kept
 * one is as good. `network`: everything else, above all the API, is the hub's alone to answer and is never kept.
 */
export function treatmentOf(asked: Asked, origin: string): "page" | "asset" | "network" {
  const url = new URL(asked.url);
  if (asked.method !== "GET" || url.origin !== origin) return "network";
  if (asked.mode === "navigate") return url.pathname === PAGE ? "page" : "network";
  return url.pathname.startsWith(ASSETS) ? "asset" : "network";
}

const PREFIX = "console-";

export function cacheOf(build: string): string {
  return PREFIX + build;
}

/** Caches that nobody needs any more: all of the console's but this build's and the one before, whose page may be open. */
export function outlived(names: readonly string[], build: string): readonly string[] {
  const others = names.filter((name) => name.startsWith(PREFIX) && name !== cacheOf(build));
  return others.slice(0, -1);
}

/** Whether the hub itself said this; a proxy that finds no hub says 502 to 504. */
export function fromHub(status: number): boolean {
  return status < 500;
}
