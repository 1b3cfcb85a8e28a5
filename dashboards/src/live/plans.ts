/** Plans of the site, and where devices stand on them. Pure, but for the calls at the end. */
import { change, look, put, remove } from "./ask";
import type { Answer } from "./ask";
import { DRIVER_KIND, keyOf } from "./protocol";
import type { Device, Plan, Site, Words } from "./protocol";

/** The first plan: the whole site. */
export const SITE_PLAN = "site";

export interface Place {
  readonly plan: string;
  /** From 0 to 1 over the plan, from its upper left corner. */
  readonly x: number;
  readonly y: number;
}

export interface Area {
  readonly id: string;
  readonly title: Words;
  readonly by_people: boolean;
  readonly in_file: boolean;
}

const NONE: readonly Plan[] = [];

export function plansOf(site: Site | null): readonly Plan[] {
  return site?.plans ?? NONE;
}

/** Where a device stands: where people placed it, else where its own description says, else nowhere. */
export function placeOf(device: Device, site: Site | null): Place | null {
  const given = site?.placements?.[keyOf(device)];
  if (given !== undefined && plansOf(site).some(({ id }) => id === given[0])) {
    return { plan: given[0], x: given[1], y: given[2] };
  }
  const { x = null, y = null } = device.location ?? {};
  return x === null || y === null ? null : { plan: SITE_PLAN, x, y };
}

/** Devices by the plan on which they stand; under null those that stand nowhere. Driver hosts stand nowhere at all. */
export function byPlan(devices: Iterable<Device>, site: Site | null): ReadonlyMap<string | null, readonly Device[]> {
  const found = new Map<string | null, Device[]>();
  for (const device of devices) {
    if (device.kind === DRIVER_KIND) continue;
    const plan = placeOf(device, site)?.plan ?? null;
    const there = found.get(plan);
    if (there === undefined) found.set(plan, [device]);
    else there.push(device);
  }
  return found;
}

/** Plans as they stand under their buildings: neighbours of one building together; null: outdoors. */
export interface Building {
  readonly title: Words | null;
  readonly plans: readonly Plan[];
}

export function byBuilding(plans: readonly Plan[]): readonly Building[] {
  const found = new Map<string, { title: Words | null; plans: Plan[] }>();
  for (const plan of plans) {
    const key = plan.building === null ? "" : (plan.building["zh-CN"] ?? Object.values(plan.building)[0] ?? "");
    const there = found.get(key);
    if (there === undefined) found.set(key, { title: plan.building, plans: [plan] });
    else there.plans.push(plan);
  }
  return [...found.values()];
}

export interface PlanList {
  readonly plans: readonly Plan[];
  readonly unplaced: readonly string[];
  readonly areas: readonly Area[];
}

export type PlanChange = Partial<Pick<Plan, "title" | "building" | "floor">>;

const at = (plan: string): string => `/plans/${encodeURIComponent(plan)}`;

export const readPlans = (): Promise<Answer<PlanList>> => look("/plans");
export const changePlan = (plan: string, to: PlanChange): Promise<Answer<Plan>> => change(at(plan), to);
export const orderPlans = (plans: readonly string[]): Promise<Answer<PlanList>> => put("/plans/order", { plans });
export const removePlan = (plan: string): Promise<Answer<{ readonly unplaced: number }>> => remove(at(plan));
export const place = (key: string, to: Place): Promise<Answer<Place>> => put(`/placements/${key}`, to);
export const unplace = (key: string): Promise<Answer<null>> => remove(`/placements/${key}`);
export const nameArea = (area: string, title: Words): Promise<Answer<Area>> =>
  put(`/areas/${encodeURIComponent(area)}`, { title });
export const forgetArea = (area: string): Promise<Answer<null>> => remove(`/areas/${encodeURIComponent(area)}`);

export const newPlanPath = (title: string): string => `/plans?${new URLSearchParams({ title })}`;
export const picturePath = (plan: string): string => `${at(plan)}/picture`;
