/** Who is signed in at this screen. */
import { inject, ref, watch } from "vue";
import type { InjectionKey, Ref } from "vue";
import { look } from "./ask";

export interface WhoAmI {
  /** A principal such as `user:li.wei`. */
  readonly name: string;
  readonly role: string;
  readonly permissions: readonly string[];
}

export const ME: InjectionKey<Readonly<Ref<WhoAmI | null>>> = Symbol("me");

export function useMe(): Readonly<Ref<WhoAmI | null>> {
  const me = inject(ME);
  if (me === undefined) throw new Error("no page above said who is signed in");
  return me;
}

/** Null if that cannot be learnt. */
export async function whoAmI(): Promise<WhoAmI | null> {
  const answer = await look<WhoAmI>("/session");
  return answer.kind === "done" ? answer.body : null;
}

/** Who is signed in as far as the hub said last; asked again whenever it can be heard again. */
export function useWhoAmI(live: () => boolean): Readonly<Ref<WhoAmI | null>> {
  const me = ref<WhoAmI | null>(null);
  const learn = async (): Promise<void> => {
    me.value = (await whoAmI()) ?? me.value;
  };
  watch(live, (heard) => void (heard && learn()));
  void learn();
  return me;
}
