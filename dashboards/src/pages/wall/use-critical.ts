/** The critical alarms that nobody has acknowledged, one after another. */
import { computed } from "vue";
import type { AlarmView } from "@/live/alarms";
import { casesOf } from "@/live/cases";
import type { LiveState } from "@/live/reducer";
import { calls, priorityOf } from "@/look/alarms";

const EACH_FOR_MS = 4_000;

export function criticalOf(alarms: LiveState["alarms"]): readonly AlarmView[] {
  return casesOf(alarms)
    .listed.map(({ alarm }) => alarm)
    .filter((alarm) => calls(alarm) && priorityOf(alarm) === "critical");
}

/** `nowMs`: the hub's time, so that every screen of the room shows the same one. */
export function useCritical(state: () => LiveState, nowMs: () => number) {
  const alarms = computed(() => state().alarms);
  const grave = computed(() => criticalOf(alarms.value));
  const at = computed(() => Math.floor(nowMs() / EACH_FOR_MS) % Math.max(1, grave.value.length));
  const shown = computed(() => grave.value[at.value] ?? null);
  return { grave, at, shown };
}
