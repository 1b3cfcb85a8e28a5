/** Asks a device to act, once, and follows it to the outcome that the device itself shows. */
import { computed, onScopeDispose, ref, shallowRef } from "vue";
import type { Refusal } from "@/live/ask";
import type { Scalar } from "@/live/protocol";
import { askFor, isFinal, readAsked } from "@/live/things";
import type { Asked } from "@/live/things";

const LOOK_EVERY_MS = 400;
/** How long nobody may answer until that, too, is an outcome: the hub itself gives up before. */
const NO_ANSWER_MS = 15_000;

/** How it stands: from being sent to its end. */
export const ENDS = ["sending", "requested", "accepted", "succeeded", "refused", "failed", "expired", "unknown"] as const;
export type End = (typeof ENDS)[number];

export interface Outcome {
  readonly end: End;
  readonly code: string;
  /** The device's, or the hub's, own words. */
  readonly message: string;
}

const SENDING: Outcome = { end: "sending", code: "", message: "" };
const LOST: Outcome = { end: "unknown", code: "", message: "" };

/** What is known of it by now. */
export function outcomeOf({ status, error }: Asked): Outcome {
  const told = { code: error?.code ?? "", message: error?.message ?? "" };
  if (status === "failed" && told.code === "outcome-unknown") return { end: "unknown", ...told };
  return { end: ENDS.find((each) => each === status) ?? "unknown", ...told };
}

/** Why the hub did not even send it; where nobody answered, it may have. */
export function unsent(refusal: Refusal): Outcome {
  if (refusal.kind === "unreachable") return LOST;
  return { end: "refused", code: refusal.status === 403 ? "forbidden" : refusal.code, message: refusal.detail };
}

export type Asking = ReturnType<typeof useAsking>;

export function useAsking() {
  const outcome = shallowRef<Outcome | null>(null);
  const asked = shallowRef<Asked | null>(null);
  /** What was asked for, to be named. */
  const action = ref("");
  const busy = computed(() => outcome.value !== null && ["sending", "requested", "accepted"].includes(outcome.value.end));
  let here = true;

  /** A press while another is under way does nothing. */
  async function send(key: string, name: string, input: Readonly<Record<string, Scalar>>, reason: string): Promise<void> {
    if (busy.value) return;
    [action.value, outcome.value, asked.value] = [name, SENDING, null];
    const answer = await askFor(key, name, input, reason);
    if (answer.kind !== "done") outcome.value = unsent(answer);
    else await follow(answer.body);
  }

  async function follow(first: Asked): Promise<void> {
    take(first);
    let heardAt = performance.now();
    while (here && busy.value && performance.now() - heardAt < NO_ANSWER_MS) {
      await new Promise((resolve) => setTimeout(resolve, LOOK_EVERY_MS));
      const answer = await readAsked(first.id);
      if (answer.kind !== "done") continue;
      heardAt = performance.now();
      take(answer.body);
    }
    if (busy.value) outcome.value = LOST;
  }

  function take(newest: Asked): void {
    asked.value = newest;
    outcome.value = outcomeOf(newest);
  }

  onScopeDispose(() => (here = false));
  return { outcome, asked, action, busy, send, over: computed(() => asked.value !== null && isFinal(asked.value)) };
}
