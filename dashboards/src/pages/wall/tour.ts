/** Which plan the wall shows: one after another, but where somebody must look, or was asked to stay. Pure. */

/** So long each. */
export const STAY_MS = 15_000;
/** So long after somebody touched it. */
export const HELD_MS = 60_000;

export interface Tour {
  readonly at: string | null;
  readonly sinceMs: number;
  /** Until then it stays where it is; 0: nobody holds it. */
  readonly heldUntilMs: number;
  /** Alarms for which it has jumped already. */
  readonly known: ReadonlySet<string>;
}

/** A grave alarm that nobody has acknowledged, and the plan on which its device stands. */
export interface Call {
  readonly alarm: string;
  readonly plan: string;
}

export interface Seen {
  /** Plans in their order. */
  readonly stops: readonly string[];
  /** The gravest and newest first. */
  readonly calls: readonly Call[];
  readonly nowMs: number;
}

export const BEGIN: Tour = { at: null, sinceMs: 0, heldUntilMs: 0, known: new Set() };

/** Where it goes between: plans with a grave alarm if there are any, else all. */
export function stopsNow({ stops, calls }: Seen): readonly string[] {
  const calling = new Set(calls.map(({ plan }) => plan));
  return calling.size > 0 ? stops.filter((each) => calling.has(each)) : stops;
}

/** Go on, if it is time to; the same object while nothing changes. */
export function goOn(tour: Tour, seen: Seen): Tour {
  const { stops, nowMs } = seen;
  const calls = seen.calls.filter(({ plan }) => stops.includes(plan));
  const fresh = calls.find(({ alarm }) => !tour.known.has(alarm));
  const known = withoutGone(tour.known, calls);
  if (fresh !== undefined) return { at: fresh.plan, sinceMs: nowMs, heldUntilMs: 0, known: known ?? tour.known };
  const kept = known === null ? tour : { ...tour, known };
  if (nowMs < kept.heldUntilMs && stops.includes(kept.at ?? "")) return kept;
  const next = stopsNow({ ...seen, calls });
  const here = next.indexOf(kept.at ?? "");
  if (here >= 0 && (next.length === 1 || nowMs - kept.sinceMs < STAY_MS)) return kept;
  const at = next[(here + 1) % Math.max(1, next.length)] ?? null;
  return at === kept.at ? kept : { ...kept, at, sinceMs: nowMs, heldUntilMs: 0 };
}

/** Stay for a while, at `plan` if one was chosen. */
export function hold(tour: Tour, nowMs: number, plan: string | null = tour.at): Tour {
  return { ...tour, at: plan, sinceMs: nowMs, heldUntilMs: nowMs + HELD_MS };
}

/** Let it go on from here. */
export function release(tour: Tour, nowMs: number): Tour {
  return { ...tour, sinceMs: nowMs, heldUntilMs: 0 };
}

/** The alarms that are known now; null: just as before. */
function withoutGone(known: ReadonlySet<string>, calls: readonly Call[]): ReadonlySet<string> | null {
  const same = known.size === calls.length && calls.every(({ alarm }) => known.has(alarm));
  return same ? null : new Set(calls.map(({ alarm }) => alarm));
}
