/** What every card needs to know beside its own device, handed down from the page. */
import { inject } from "vue";
import type { InjectionKey, Ref } from "vue";
import type { Path } from "@/look/freshness";
import type { Device } from "./protocol";

export interface Picture {
  /** The hub's time, ms since 1970, moving on by the monotonic clock. */
  readonly nowMs: Readonly<Ref<number>>;
  /** What lies between a device and this screen. */
  readonly pathTo: (device: Device) => Path;
}

export const PICTURE: InjectionKey<Picture> = Symbol("picture");

export function usePicture(): Picture {
  const picture = inject(PICTURE);
  if (picture === undefined) throw new Error("no page above gave a picture");
  return picture;
}
