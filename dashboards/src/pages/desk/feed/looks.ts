/** How the feed looks by its state. Pure. */
import { FEED_STATES } from "@/live/feed";
import type { FeedState } from "@/live/feed";
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
