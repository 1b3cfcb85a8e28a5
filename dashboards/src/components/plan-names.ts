/** What plans are called. */
import { useSpeech } from "@/i18n";
import type { Plan } from "@/live/protocol";

export function useNames(): {
  /** Under its building's name: its own, and its floor where that does not say it. */
  readonly within: (plan: Plan) => string;
  /** By itself. */
  readonly whole: (plan: Plan) => string;
} {
  const { words } = useSpeech();
  const within = (plan: Plan): string => {
    const title = words(plan.title, plan.id);
    return plan.floor === null || title.includes(plan.floor) ? title : `${title} ${plan.floor}`;
  };
  const whole = (plan: Plan): string => {
    const building = words(plan.building ?? {}, "");
    const name = within(plan);
    return building === "" || name.startsWith(building) ? name : `${building} · ${name}`;
  };
  return { within, whole };
}
