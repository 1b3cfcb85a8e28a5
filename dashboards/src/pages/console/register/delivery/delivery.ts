/** Whether gates and doors have the newest lists, as a property manager asks it. Pure. */
import { LIST_STATES } from "@/live/lists";
import type { HeldList, HostLists, ListState } from "@/live/lists";

/** Changes that a host has not got; all of them, where what it has is of another time: it begins anew. */
export function missingOf({ revision, head, state }: HeldList): number {
  if (state === "current") return 0;
  return revision < head ? head - revision : head;
}

/** How a host stands: as its worst list does; `away`: it is offline, and lacks nothing. */
export type HostState = ListState | "away";

/** From well to grave. */
const GRAVITY: readonly ListState[] = ["current", "pushing", "offline", "behind", "never"];

export function hostState({ lists, online }: HostLists): HostState {
  const worst = Math.max(0, ...lists.map(({ state }) => GRAVITY.indexOf(state)));
  const state = GRAVITY[worst] ?? LIST_STATES[0];
  return state === "current" && !online ? "away" : state;
}

export interface HostSummary {
  readonly host: HostLists;
  readonly state: HostState;
  readonly missing: number;
}

export function summaryOf(host: HostLists): HostSummary {
  const missing = host.lists.reduce((sum, list) => sum + missingOf(list), 0);
  return { host, state: hostState(host), missing };
}

/** Hosts that need somebody first; then by name. */
export function summariesOf(hosts: readonly HostLists[]): readonly HostSummary[] {
  const rank = ({ state }: HostSummary): number => (state === "away" ? 0.5 : GRAVITY.indexOf(state));
  return hosts
    .map(summaryOf)
    .toSorted((one, other) => rank(other) - rank(one) || one.host.host.localeCompare(other.host.host));
}

/** Of all hosts: none there, how many lack something. */
export function waitingHosts(summaries: readonly HostSummary[]): number {
  return summaries.filter(({ state }) => state !== "current" && state !== "away").length;
}

export const HOST_KEYS: Readonly<Record<HostState, string>> = {
  current: "delivery.isCurrent",
  pushing: "delivery.isPushing",
  behind: "delivery.isBehind",
  offline: "delivery.isOffline",
  away: "delivery.isAway",
  never: "delivery.isNever",
};
