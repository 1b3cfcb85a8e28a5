/** What a device says that it is, read anew when another device, or another firmware, is looked at. */
import { onScopeDispose, shallowRef, watch } from "vue";
import type { ShallowRef } from "vue";
import { readDescription } from "@/live/things";
import type { Description } from "@/live/things";

/** Null until it is read, and where it cannot be: then only what the live stream has is shown. `what`: key and actions. */
export function useDescription(key: () => string, what: () => string): Readonly<ShallowRef<Description | null>> {
  const description = shallowRef<Description | null>(null);
  let asked = 0;

  async function read(): Promise<void> {
    const mine = ++asked;
    const answer = await readDescription(key());
    if (mine === asked && answer.kind === "done") description.value = answer.body;
  }

  watch([key, what], read, { immediate: true });
  onScopeDispose(() => asked++);
  return description;
}
