/** What cameras took of the critical alarms, as far as the hub has it. */
import { onScopeDispose, shallowRef, watch } from "vue";
import type { Ref } from "vue";
import { readAlarm } from "@/live/alarm-calls";
import type { AlarmView } from "@/live/alarms";
import { addressOfEvidence, showsAs } from "@/live/evidence";
import type { EvidenceItem } from "@/live/alarms";

export interface Scene {
  readonly address: string;
  /** When it was taken, ms since 1970, by the clock of who took it; null if nobody says. */
  readonly ms: number | null;
}

/** Looks at pictures are put on record, so that no more are fetched than a person can look at. */
const MOST = 6;
/** Of an alarm with much news, and of a hub that did not answer. */
const AGAIN_MS = 1_000;

/** The picture that shows most of it: what the alarm itself came with, else the first of a camera nearby. */
export function sceneOf(evidence: readonly EvidenceItem[]): Scene | null {
  const pictures = evidence.filter((item) => showsAs(item) === "picture");
  const best = pictures.find(({ kind }) => kind === "picture") ?? pictures[0];
  if (best === undefined) return null;
  return { address: addressOfEvidence(best), ms: best.made ? Date.parse(best.made) : null };
}

/** By alarm id. Evidence comes in after its alarm; the hub then sends the alarm again, its version as it was. */
export function useScenes(alarms: Readonly<Ref<readonly AlarmView[]>>): Readonly<Ref<ReadonlyMap<string, Scene>>> {
  const scenes = shallowRef<ReadonlyMap<string, Scene>>(new Map());
  /** The alarms as they were when they were last asked for. */
  const asked = new Map<string, AlarmView>();
  const resting = new Map<string, ReturnType<typeof setTimeout>>();
  const stands = (id: string): boolean => alarms.value.some((alarm) => alarm.id === id);

  const learn = async (alarm: AlarmView): Promise<void> => {
    const { id } = alarm;
    asked.set(id, alarm);
    resting.set(id, setTimeout(rested, AGAIN_MS, id));
    const answer = await readAlarm(id);
    if (!stands(id)) return;
    if (answer.kind === "unreachable") asked.delete(id);
    const scene = answer.kind === "done" ? sceneOf(answer.body.evidence ?? []) : null;
    if (scene !== null) scenes.value = new Map(scenes.value).set(id, scene);
  };
  const look = (): void => {
    for (const alarm of alarms.value.slice(0, MOST)) {
      const isNews = asked.get(alarm.id) !== alarm;
      if (isNews && !scenes.value.has(alarm.id) && !resting.has(alarm.id)) void learn(alarm);
    }
  };
  function rested(id: string): void {
    resting.delete(id);
    look();
  }
  watch(
    alarms,
    () => {
      for (const id of asked.keys()) if (!stands(id)) asked.delete(id);
      if ([...scenes.value.keys()].some((id) => !stands(id))) {
        scenes.value = new Map([...scenes.value].filter(([id]) => stands(id)));
      }
      look();
    },
    { immediate: true },
  );
  onScopeDispose(() => resting.forEach((timer) => clearTimeout(timer)));
  return scenes;
}
