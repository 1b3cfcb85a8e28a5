/** Installs the console's worker, and tells when a newer build of the console has been put in place. */
import { ref } from "vue";
import type { Ref } from "vue";

/** Whether the page that is open is older than what would be opened now. */
export function useInstalled(): Readonly<Ref<boolean>> {
  const outdated = ref(false);
  // Browsers let nothing be kept of a page that came over an unprotected network.
  if (import.meta.env.PROD && "serviceWorker" in navigator) {
    const { serviceWorker } = navigator;
    const first = serviceWorker.controller === null;
    let changes = first ? -1 : 0;
    serviceWorker.addEventListener("controllerchange", () => {
      changes += 1;
      outdated.value = changes > 0;
    });
    // A browser that refuses, or a hub that is away just now: the console then needs the network, as before.
    serviceWorker.register("/console-worker.js", { scope: "/console" }).catch(() => undefined);
  }
  return outdated;
}
