/** How the feed looks by its state. Pure. */
import { FEED_STATES } from "@/live/feed";
import type { FeedState, FeedSubscription } from "@/live/feed";
import type { Shown } from "../looks";

export const FEED_LOOKS: Readonly<Record<FeedState, Shown>> = {
  off: { tone: "stale", icon: "halted" },
  registering: { tone: "moving", icon: "outdated" },
  online: { tone: "normal", icon: "running" },
  offline: { tone: "alarm", icon: "offline" },
};

export function feedLook(state: string): Shown {
  return FEED_STATES.includes(state as FeedState) ? FEED_LOOKS[state as FeedState] : { tone: "unknown", icon: "question" };
}

export type SubscriptionState = "cancelled" | "over" | "withdrawn" | "stopped" | "failing" | "lasting";

/** Why it ended, or whether what it asks for arrives. */
export function subscriptionState({ ended, failing }: FeedSubscription): string {
  return ended || (failing ? "failing" : "lasting");
}

const SUBSCRIPTION_LOOKS: Readonly<Record<SubscriptionState, Shown>> = {
  lasting: { tone: "normal", icon: "running" },
  failing: { tone: "attention", icon: "offline" },
  cancelled: { tone: "stale", icon: "halted" },
  over: { tone: "stale", icon: "halted" },
  withdrawn: { tone: "stale", icon: "halted" },
  stopped: { tone: "stale", icon: "halted" },
};

export function subscriptionLook(subscription: FeedSubscription): Shown {
  return SUBSCRIPTION_LOOKS[subscriptionState(subscription) as SubscriptionState] ?? { tone: "unknown", icon: "question" };
}
