/** What a new site still lacks, as a list to be ticked off by itself. Pure. */
import { SCREEN_ROLE } from "@/live/accounts";
import type { Account, PasswordState, Token } from "@/live/accounts";
import type { Part } from "@/live/health";
import { placeOf, plansOf } from "@/live/plans";
import { DRIVER_KIND } from "@/live/protocol";
import type { LiveState } from "@/live/reducer";
import type { Place } from "./route";

export type Step = "account" | "password" | "guard" | "plan" | "device" | "placed" | "screen" | "backup";

export interface StepView {
  readonly step: Step;
  /** Null: not known, which is not the same as not done. */
  readonly done: boolean | null;
  readonly place: Place | null;
  readonly id: string | null;
}

/** What was read beside the live stream; null: it could not be, or this person may not. */
export interface Known {
  readonly password: PasswordState | null;
  readonly people: readonly Account[] | null;
  readonly tokens: readonly Token[] | null;
  readonly parts: readonly Part[] | null;
}

const GUARDS = ["guard", "supervisor"];

/** The steps of whoever may do `permissions`, in the order in which a site is set up. */
export function firstSteps(state: LiveState, known: Known, permissions: readonly string[]): readonly StepView[] {
  const devices = [...state.devices.values()].filter(({ kind }) => kind !== DRIVER_KIND);
  const may = (permission: string): boolean => permissions.includes(permission);
  const steps: readonly (StepView & { readonly needs: string })[] = [
    ownStep(known.password),
    {
      step: "guard",
      needs: "people",
      done: known.people?.some(({ role, enabled }) => enabled && GUARDS.includes(role)) ?? null,
      place: "people",
      id: "+",
    },
    {
      step: "plan",
      needs: "plans",
      done: plansOf(state.site).some(({ picture }) => picture !== null),
      place: "plans",
      id: null,
    },
    { step: "device", needs: "devices", done: devices.length > 0, place: null, id: null },
    {
      step: "placed",
      needs: "plans",
      done: devices.length > 0 && devices.every((each) => placeOf(each, state.site) !== null),
      place: "plans",
      id: null,
    },
    {
      step: "screen",
      needs: "tokens",
      done: known.tokens?.some(({ role }) => role === SCREEN_ROLE) ?? null,
      place: "tokens",
      id: "screen",
    },
    { step: "backup", needs: "health", done: backedUp(known.parts), place: "health", id: null },
  ];
  return steps
    .filter(({ needs }) => needs === "" || may(needs))
    .map(({ step, done, place, id }) => ({ step, done, place, id }));
}

/** Whether there ever was a backup; that it is old, the page of health says. */
function backedUp(parts: readonly Part[] | null): boolean | null {
  const backup = parts?.find(({ group }) => group === "backup");
  return backup === undefined ? null : backup.since !== null;
}

/** Whoever came by a desk's link needs an account first; whoever has one, a password. */
function ownStep(password: PasswordState | null): StepView & { readonly needs: string } {
  if (password?.own === false) return { step: "account", needs: "people", done: false, place: "people", id: "+" };
  return { step: "password", needs: "", done: password?.set ?? null, place: null, id: null };
}
