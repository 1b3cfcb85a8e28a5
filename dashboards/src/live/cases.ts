/** Which open alarms stand in the list, which are folded under their cause, which are set aside. Pure. */
import { calls, compareAlarms, suppressionOf } from "@/look/alarms";
import type { AlarmView } from "./alarms";

export interface Case {
  readonly alarm: AlarmView;
  /** Those that it is the cause of, as far as they are still open. */
  readonly children: readonly AlarmView[];
}

export interface Cases {
  /** What people have to look at, in order. */
  readonly listed: readonly Case[];
  readonly shelved: readonly AlarmView[];
  readonly outOfService: readonly AlarmView[];
  /** How many in the list nobody has acknowledged. */
  readonly calling: number;
}

/** Of one list the cases are sorted once, however many ask: the list stays the same while no alarm changes. */
const SORTED = new WeakMap<ReadonlyMap<string, AlarmView>, Cases>();

export function casesOf(alarms: ReadonlyMap<string, AlarmView>): Cases {
  const known = SORTED.get(alarms);
  if (known !== undefined) return known;
  const sorted = sort(alarms);
  SORTED.set(alarms, sorted);
  return sorted;
}

function sort(alarms: ReadonlyMap<string, AlarmView>): Cases {
  const shelved: AlarmView[] = [];
  const outOfService: AlarmView[] = [];
  const children = new Map<string, AlarmView[]>();
  const roots: AlarmView[] = [];
  for (const alarm of alarms.values()) {
    const suppression = suppressionOf(alarm);
    // Hidden from its raise on, with no cause to be folded under: it alerts nobody (the canary).
    if (suppression === "suppressed-by-design" && alarm.parent === null) continue;
    const cause = suppression === "suppressed-by-design" ? causeOf(alarm, alarms) : null;
    if (suppression === "shelved") shelved.push(alarm);
    else if (suppression === "out-of-service") outOfService.push(alarm);
    else if (cause === null) roots.push(alarm);
    else children.set(cause, [...(children.get(cause) ?? []), alarm]);
  }
  return {
    listed: roots.sort(compareAlarms).map((alarm) => ({
      alarm,
      children: (children.get(alarm.id) ?? []).sort(compareAlarms),
    })),
    shelved: shelved.sort(compareAlarms),
    outOfService: outOfService.sort(compareAlarms),
    calling: roots.filter(calls).length,
  };
}

/** How many are folded under it: the hub counts also those that have closed since. */
export function foldedUnder({ alarm, children }: Case): number {
  return Math.max(alarm.children, children.length);
}

/** The open alarm at the root that stands in the list; null if there is none, and then this one must. */
function causeOf(alarm: AlarmView, alarms: ReadonlyMap<string, AlarmView>): string | null {
  const passed = new Set<string>();
  let at = alarm;
  while (at.parent !== null && !passed.has(at.id)) {
    passed.add(at.id);
    const above = alarms.get(at.parent);
    if (above === undefined || passed.has(above.id)) return null;
    const suppression = suppressionOf(above);
    if (suppression === "shelved" || suppression === "out-of-service") return null;
    if (suppression === "none") return above.id;
    at = above;
  }
  return null;
}
