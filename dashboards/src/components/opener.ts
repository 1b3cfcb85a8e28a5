/** What opens a device; a page that opens none provides none. */
import { inject } from "vue";
import type { InjectionKey } from "vue";

export const OPENER: InjectionKey<((key: string) => void) | null> = Symbol("opener");

export function useOpener(): ((key: string) => void) | null {
  return inject(OPENER, null);
}
