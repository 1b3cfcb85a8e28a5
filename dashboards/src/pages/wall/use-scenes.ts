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
const AGAIN_MS = 3_000;
/** A camera that has not sent a picture by then will send none. */
const MOST_TRIES = 40;

/** The picture that shows most of it: what the alarm itself came with, else the first of a camera nearby. */
export function sceneOf(evidence: readonly EvidenceItem[]): Scene | null {
  const pictures = evidence.filter((item) => showsAs(item) === "picture");
  const best = pictures.find(({ kind }) => kind === "picture") ?? pictures[0];
  if (best === undefined) return null;
  return { address: addressOfEvidence(best), ms: best.made ? Date.parse(best.made) : null };
}

/** By alarm id. Evidence comes in after its alarm, and nothing tells a page of it: it is asked for until there is some. */
export function useScenes(alarms: Readonly<Ref<readonly AlarmView[]>>): Readonly<Ref<ReadonlyMap<string, Scene>>> {
  const scenes = shallowRef<ReadonlyMap<string, Scene>>(new Map());
  const asked = new Map<string, number>();
  const timers = new Set<ReturnType<typeof setTimeout>>();
  const stands = (id: string): boolean => alarms.value.some((alarm) => alarm.id === id);

  const learn = async (id: string): Promise<void> => {
    const tries = (asked.get(id) ?? 0) + 1;
    asked.set(id, tries);
    const answer = await readAlarm(id);
    if (!stands(id)) return;
    const scene = answer.kind === "done" ? sceneOf(answer.body.evidence ?? []) : null;
    if (scene !== null) scenes.value = new Map(scenes.value).set(id, scene);
    else if (tries < MOST_TRIES) again(id);
  };
  const again = (id: string): void => {
    const timer = setTimeout(() => {
      timers.delete(timer);
      if (stands(id)) void learn(id);
    }, AGAIN_MS);
    timers.add(timer);
  };
  watch(
    alarms,
    (now) => {
      if ([...scenes.value.keys()].some((id) => !stands(id))) {
        scenes.value = new Map([...scenes.value].filter(([id]) => stands(id)));
      }
      for (const { id } of now.slice(0, MOST)) if (!asked.has(id)) void learn(id);
    },
    { immediate: true },
  );
  onScopeDispose(() => timers.forEach(clearTimeout));
  return scenes;
}
