/** What this phone keeps for the hub, and its sending as soon as the hub answers. */
import { inject, onScopeDispose, shallowRef, watch } from "vue";
import type { InjectionKey, Ref, ShallowRef } from "vue";
import { whoAmI } from "@/live/session";
import { phoneStore } from "./kept-store";
import { decided } from "./kept";
import type { Kept } from "./kept";
import { alone, send, sendAll } from "./sending";

const AGAIN_MS = 15_000;

export interface KeptPresses {
  /** Everybody's, in the order of pressing. */
  readonly list: Readonly<ShallowRef<readonly Kept[]>>;
  /** Whether the hub cannot be reached just now. */
  readonly offline: Readonly<Ref<boolean>>;
  /** False: this browser keeps nothing. */
  readonly keep: (press: Pick<Kept, "request" | "who" | "deed" | "text" | "seen" | "seenUpTo" | "pressedMs">) => Promise<boolean>;
  readonly sendAgain: (kept: Kept) => Promise<void>;
  readonly drop: (kept: Kept) => Promise<void>;
}

export const KEPT: InjectionKey<KeptPresses> = Symbol("kept presses");

/** Null on a page that keeps nothing. */
export function useKept(): KeptPresses | null {
  return inject(KEPT, null);
}

export function keepPresses(live: () => boolean, offline: Readonly<Ref<boolean>>): KeptPresses {
  const store = phoneStore();
  const list = shallowRef<readonly Kept[]>([]);
  const read = async (): Promise<void> => {
    list.value = await store.all().catch(() => []);
  };
  const sendNow = async (): Promise<void> => {
    if (!live()) return await read();
    await alone(() => sendAll({ store, who: async () => (await whoAmI())?.name ?? null, send })).catch(() => undefined);
    await read();
  };
  const timer = setInterval(() => {
    if (list.value.some(({ standing }) => standing === "waiting")) void sendNow();
  }, AGAIN_MS);
  onScopeDispose(() => clearInterval(timer));
  watch(live, sendNow, { immediate: true });
  return {
    list,
    offline,
    keep: async (press) => {
      const kept = await store.add({ ...press, standing: "waiting", now: null, reason: "" }).then(
        () => true,
        () => false,
      );
      await read();
      void sendNow();
      return kept;
    },
    sendAgain: async (kept) => {
      await store.put(decided(kept));
      await sendNow();
    },
    drop: async ({ n }) => {
      await store.remove(n);
      await read();
    },
  };
}
