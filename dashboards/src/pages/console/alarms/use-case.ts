/** One alarm with its details, read anew whenever the live stream says that it changed. */
import { computed, ref, shallowRef, watch } from "vue";
import type { ComputedRef, Ref, ShallowRef } from "vue";
import type { AlarmDetail, AlarmView } from "@/live/alarms";
import { readAlarm } from "@/live/alarm-calls";
import type { Refusal } from "@/live/ask";

export interface OpenCase {
  /** The newest that is known of it; null: nothing yet. */
  readonly alarm: ComputedRef<AlarmView | null>;
  readonly detail: Readonly<ShallowRef<AlarmDetail | null>>;
  /** Why there are no details, or none that are new. */
  readonly problem: Readonly<Ref<Refusal | null>>;
  readonly refresh: () => Promise<AlarmDetail | null>;
}

/** `live` is the alarm as the live stream has it; undefined once it is closed. */
export function useCase(id: () => string, live: () => AlarmView | undefined): OpenCase {
  const detail = shallowRef<AlarmDetail | null>(null);
  const problem = ref<Refusal | null>(null);
  let asked = 0;
  let latest: Promise<AlarmDetail | null> = Promise.resolve(null);

  const read = async (): Promise<AlarmDetail | null> => {
    const mine = ++asked;
    const answer = await readAlarm(id());
    if (mine !== asked) return latest; // what was read meanwhile is newer, and may still be on its way
    problem.value = answer.kind === "done" ? null : answer;
    if (answer.kind === "done") detail.value = answer.body;
    return detail.value;
  };
  const refresh = (): Promise<AlarmDetail | null> => (latest = read());
  watch([id, live], ([now], [before]) => {
    if (now !== before) {
      detail.value = null;
      problem.value = null;
    }
    void refresh();
  });
  void refresh();
  return { alarm: computed(() => newest(live(), detail.value)), detail, problem, refresh };
}

/** The stream may be ahead of what was read, or the other way round. */
export function newest(live: AlarmView | undefined, detail: AlarmDetail | null): AlarmView | null {
  if (live === undefined || detail === null) return live ?? detail;
  return detail.version > live.version || detail.closed !== null ? detail : live;
}
