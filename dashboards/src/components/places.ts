/** Where an alarm is, in words. */
import { inject } from "vue";
import type { InjectionKey } from "vue";
import { useSpeech } from "@/i18n";
import { plain } from "@/i18n/format";
import type { AlarmView } from "@/live/alarms";
import type { LiveState } from "@/live/reducer";

type Placed = Pick<AlarmView, "site" | "kind" | "device" | "area">;

/** The device's title and its area's name; their ids where the hub knows no words. */
export function usePlaces(state: () => LiveState): (alarm: Placed) => string {
  const { words, named } = useSpeech();
  return ({ site, kind, device, area }) => {
    const known = state().devices.get(`${site}/${kind}/${device}`);
    const title = words(known?.title ?? {}, kind === "hub" ? named("kind.hub") : device);
    const place = area === null ? "" : words(state().site?.areas?.[area] ?? {}, plain(area));
    return place === "" || title.includes(place) ? title : `${title} · ${place}`;
  };
}

/** The title of a device by `kind/id` or `site/kind/id`; a page that knows no devices provides none. */
export const TITLES: InjectionKey<(device: string) => string> = Symbol("titles");

export function useTitles(): (device: string) => string {
  return inject(TITLES, (device) => device);
}
