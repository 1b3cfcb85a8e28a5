/** The tour of the plans, on the page's clock. */
import { computed, shallowRef, watch } from "vue";
import type { ComputedRef } from "vue";
import { casesOf } from "@/live/cases";
import { usePicture } from "@/live/picture";
import { byPlan, placeOf, plansOf } from "@/live/plans";
import type { Plan } from "@/live/protocol";
import type { LiveState } from "@/live/reducer";
import { calls, priorityOf } from "@/look/alarms";
import { BEGIN, STAY_MS, goOn, hold, release, stopsNow } from "./tour";
import type { Call } from "./tour";

export interface Touring {
  /** Plans with a picture or a device. */
  readonly stops: ComputedRef<readonly Plan[]>;
  readonly plan: ComputedRef<Plan | null>;
  /** Why it stays, if it does. */
  readonly staying: ComputedRef<"held" | "alarm" | null>;
  /** How much of its stay is over, from 0 to 1. */
  readonly passed: ComputedRef<number>;
  readonly show: (plan: string) => void;
  readonly touch: () => void;
  readonly resume: () => void;
}

export function useTour(state: () => LiveState): Touring {
  const { nowMs } = usePicture();
  const tour = shallowRef(BEGIN);

  const stops = computed<readonly Plan[]>((before) => {
    const { site, devices } = state();
    const there = byPlan(devices.values(), site);
    const now = plansOf(site).filter(({ id, picture }) => picture !== null || there.has(id));
    return before?.length === now.length && now.every((plan, n) => plan === before[n]) ? before : now;
  });
  const calling = computed(() => callsOf(state()));
  const seen = computed(() => ({ stops: stops.value.map(({ id }) => id), calls: calling.value, nowMs: nowMs.value }));
  watch(seen, (now) => (tour.value = goOn(tour.value, now)), { immediate: true });

  const staying = computed(() => {
    if (nowMs.value < tour.value.heldUntilMs) return "held";
    return stopsNow(seen.value).length === 1 && stops.value.length > 1 ? "alarm" : null;
  });
  return {
    stops,
    plan: computed(() => stops.value.find(({ id }) => id === tour.value.at) ?? stops.value[0] ?? null),
    staying,
    passed: computed(() =>
      staying.value === null ? Math.min(1, Math.max(0, (nowMs.value - tour.value.sinceMs) / STAY_MS)) : 1,
    ),
    show: (plan) => (tour.value = hold(tour.value, nowMs.value, plan)),
    touch: () => (tour.value = hold(tour.value, nowMs.value)),
    resume: () => (tour.value = release(tour.value, nowMs.value)),
  };
}

/** Critical and high alarms that nobody has acknowledged, of devices that stand on a plan. */
function callsOf({ alarms, devices, site }: LiveState): readonly Call[] {
  return casesOf(alarms).listed.flatMap(({ alarm }) => {
    if (!calls(alarm) || !["critical", "high"].includes(priorityOf(alarm))) return [];
    const device = devices.get(`${alarm.site}/${alarm.kind}/${alarm.device}`);
    const plan = device === undefined ? undefined : placeOf(device, site)?.plan;
    return plan === undefined ? [] : [{ alarm: alarm.id, plan }];
  });
}
