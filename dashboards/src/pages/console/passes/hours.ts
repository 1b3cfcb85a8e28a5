/** Passes of a day by hour, as a chart draws them. Pure. */
import { civilOf } from "@/i18n/calendar";
import type { PassFigures } from "@/live/passes";

export interface Hour {
  readonly hour: number;
  readonly in: number;
  readonly out: number;
}

const HOURS = 24;

/** Every hour of the day by the site's clock; the hub tells of those alone in which there was something. */
export function hoursOf(told: PassFigures["hours"]): readonly Hour[] {
  const hours = Array.from({ length: HOURS }, (_, hour) => ({ hour, in: 0, out: 0 }));
  for (const { start, in: came, out } of told) {
    const hour = hours[civilOf(Date.parse(start)).hour];
    if (hour === undefined) continue;
    hour.in += came;
    hour.out += out;
  }
  return hours;
}

/** The hour in which most passed; null if nobody did. */
export function busiest(hours: readonly Hour[]): Hour | null {
  const best = hours.reduce<Hour | null>((most, each) => (most === null || sum(each) > sum(most) ? each : most), null);
  return best === null || sum(best) === 0 ? null : best;
}

function sum({ in: came, out }: Hour): number {
  return came + out;
}
