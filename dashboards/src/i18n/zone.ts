/** The time zone of the site: every page tells the time by it, wherever its screen stands. */
import { shallowRef } from "vue";
import { remember, remembered } from "@/live/remembered";

const KEPT = "hemei.timezone";
const zone = shallowRef(stored());

/** An IANA name; undefined, and so this screen's own, until a page has heard of the site's. */
export function siteZone(): string | undefined {
  return zone.value;
}

/** Take the site's zone, also for the pages that open before they hear of it. One that this browser does not know is left. */
export function keepZone(name: string | undefined): void {
  if (name === undefined || name === zone.value || !isKnown(name)) return;
  zone.value = name;
  remember(KEPT, name);
}

function stored(): string | undefined {
  const name = remembered(KEPT);
  return name !== null && isKnown(name) ? name : undefined;
}

function isKnown(name: string): boolean {
  try {
    return new Intl.DateTimeFormat("en", { timeZone: name }) instanceof Intl.DateTimeFormat;
  } catch {
    return false;
  }
}
