/** Every device with what is to be said of it, for lists. */
import { computed } from "vue";
import type { ComputedRef } from "vue";
import { useSpeech } from "@/i18n";
import { plain } from "@/i18n/format";
import { usePicture } from "@/live/picture";
import { keyOf } from "@/live/protocol";
import type { LiveState } from "@/live/reducer";
import { judge } from "@/look/judge";
import { suppressionOf } from "@/look/alarms";
import type { Row } from "./listing";

export function useRows(state: () => LiveState): ComputedRef<readonly Row[]> {
  const { words } = useSpeech();
  const { pathTo } = usePicture();

  /** What is shelved or folded away calls nobody. */
  const alarms = computed(() => {
    const counts = new Map<string, number>();
    for (const alarm of state().alarms.values()) {
      if (suppressionOf(alarm) === "none") counts.set(keyOf(alarm), (counts.get(keyOf(alarm)) ?? 0) + 1);
    }
    return counts;
  });

  return computed(() => {
    const { devices, site } = state();
    return [...devices.values()].map((device) => {
      const area = device.location?.area;
      return {
        device,
        judgement: judge(device, pathTo(device)),
        title: words(device.title, device.device),
        area: area === undefined ? "" : words(site?.areas?.[area] ?? {}, plain(area)),
        alarms: alarms.value.get(keyOf(device)) ?? 0,
      };
    });
  });
}
