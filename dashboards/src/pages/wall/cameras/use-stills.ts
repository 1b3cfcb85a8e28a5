/** Pictures of cameras, asked for one after another for as long as somebody may see them. */
import { onScopeDispose, ref } from "vue";
import type { Ref } from "vue";
import { newestPicture, stillOf } from "@/live/hub-calls";
import type { Device } from "@/live/protocol";
import { keyOf } from "@/live/protocol";
import { AT_ONCE, nextOf } from "./stills";
import type { Tried } from "./stills";

/** One camera a second at most, so that all of them do not speak at once. */
const LOOK_EVERY_MS = 1_000;
const SNAPSHOT_TAKEN = "hemei.camera.snapshot-taken";

export interface Still {
  readonly address: string;
  /** When it was taken, by this screen's clock of hub time. */
  readonly ms: number;
}

/** `wanted`: the cameras whose pictures can be seen now, none while this screen is cut off. By key. */
export function useStills(
  wanted: () => readonly Device[],
  hubMs: () => number,
): Readonly<Ref<ReadonlyMap<string, Still>>> {
  const stills = ref<ReadonlyMap<string, Still>>(new Map());
  const tried = new Map<string, Tried>();
  const leaving = new AbortController();
  let asking = 0;

  function look(): void {
    if (document.hidden || asking >= AT_ONCE) return;
    const cameras = wanted();
    const key = nextOf(cameras.map(keyOf), tried, performance.now());
    const camera = cameras.find((each) => keyOf(each) === key);
    if (camera !== undefined) void ask(camera);
  }

  async function ask(camera: Device): Promise<void> {
    const key = keyOf(camera);
    const failures = tried.get(key)?.failures ?? 0;
    tried.set(key, { atMs: performance.now(), failures: failures + 1 });
    asking += 1;
    const jpeg = await stillOf(key, leaving.signal);
    asking -= 1;
    if (leaving.signal.aborted) return;
    if (jpeg !== null) {
      tried.set(key, { atMs: performance.now(), failures: 0 });
      show(key, { address: URL.createObjectURL(jpeg), ms: hubMs() });
    } else if (!stills.value.has(key)) {
      const last = await newestPicture(camera, SNAPSHOT_TAKEN);
      if (last !== null && !stills.value.has(key)) show(key, last);
    }
  }

  function show(key: string, still: Still): void {
    const before = stills.value.get(key);
    stills.value = new Map(stills.value).set(key, still);
    if (before !== undefined) URL.revokeObjectURL(before.address);
  }

  const interval = window.setInterval(look, LOOK_EVERY_MS);
  look();
  onScopeDispose(() => {
    window.clearInterval(interval);
    leaving.abort();
    for (const { address } of stills.value.values()) URL.revokeObjectURL(address);
  });
  return stills;
}
