/** A poll for as long as a component lives: slower out of sight, at once when somebody looks again. */
import { onScopeDispose, ref, shallowRef } from "vue";
import type { Ref, ShallowRef } from "vue";
import type { Answer } from "@/live/ask";
import { browserClock } from "@/live/clock";
import { NOTHING_HEARD, Poll, ageMs } from "./poll";
import type { Polled } from "./poll";

const HIDDEN_MS = 20_000;
const TICK_MS = 1_000;

export interface Asked<Body> {
  readonly polled: Readonly<ShallowRef<Polled<Body>>>;
  /** Wall time, moving on every second. */
  readonly nowMs: Readonly<Ref<number>>;
  /** How long ago the answer came, in ms. */
  readonly age: Readonly<Ref<number>>;
  readonly now: () => Promise<void>;
  readonly take: (answer: Answer<Body>) => void;
}

/** `pauseMs`: between an answer and the next question while somebody looks; null: do not ask again. */
export function usePoll<Body>(
  ask: () => Promise<Answer<Body>>,
  pauseMs: (polled: Polled<Body>) => number | null,
): Asked<Body> {
  const polled: ShallowRef<Polled<Body>> = shallowRef(NOTHING_HEARD);
  const nowMs = ref(browserClock.wall());
  const age = ref(0);
  const tick = (): void => {
    nowMs.value = browserClock.wall();
    age.value = ageMs(polled.value, browserClock);
  };
  const pace = (heard: Polled<Body>): number | null => {
    const pause = pauseMs(heard);
    return pause === null || !document.hidden ? pause : Math.max(pause, HIDDEN_MS);
  };
  const poll = new Poll(ask, pace, browserClock, (heard) => {
    polled.value = heard;
    tick();
  });
  const look = (): void => {
    tick();
    if (document.hidden) poll.again();
    else if (pauseMs(polled.value) !== null) void poll.now();
  };
  const ticking = setInterval(tick, TICK_MS);
  document.addEventListener("visibilitychange", look);
  window.addEventListener("online", look);
  onScopeDispose(() => {
    poll.close();
    clearInterval(ticking);
    document.removeEventListener("visibilitychange", look);
    window.removeEventListener("online", look);
  });
  void poll.now();
  return { polled, nowMs, age, now: () => poll.now(), take: (answer) => poll.take(answer) };
}
