/** How the feed to the police view library does, and what of it was set aside. Times RFC 3339 UTC. */
import { look, tell } from "./ask";
import type { Answer } from "./ask";
import { query } from "./query";
import type { QueryValue } from "./query";

export const FEED_STATES = ["off", "registering", "online", "offline"] as const;
export type FeedState = (typeof FEED_STATES)[number];

export interface FeedKind {
  readonly enabled: boolean;
  /** Under which ground and paper it leaves. */
  readonly basis: string;
  readonly document: string;
  readonly waiting: number;
  /** How long ago the oldest that waits was received, in seconds. */
  readonly lag_s: number;
  readonly sent: number;
  readonly last_sent: string | null;
}

/** What the library asked to be told of. Times RFC 3339 UTC. */
export interface FeedSubscription {
  readonly number: number;
  readonly subscribe_id: string;
  readonly title: string;
  readonly kinds: readonly string[];
  readonly devices: readonly string[];
  readonly begin: string;
  readonly end: string;
  readonly receiver: string;
  readonly organisation: string;
  readonly reason: string;
  readonly document: string;
  /** Why it ended; empty: it lasts. */
  readonly ended: string;
  readonly ended_at: string | null;
  readonly sent: number;
  readonly waiting: number;
  readonly lag_s: number;
  /** What it asks for is not taken now. */
  readonly failing: boolean;
  /** What a decision must quote. */
  readonly version: number;
  /** What was still to be sent when it ended; it stays here. */
  readonly left: number;
  /** Notices of devices that were outdated before they arrived, since the start of the hub. */
  readonly superseded: number;
  /** Why the site ended it. */
  readonly ended_reason: string;
  /** The library may not subscribe under the same id. */
  readonly barred: boolean;
}

export type SubscriptionDeed = "end" | "lift";

export interface FeedHealth {
  readonly state: string;
  readonly server: string;
  readonly device_id: string;
  readonly profile: string;
  readonly since: string | null;
  readonly registered: string | null;
  readonly last_sent: string | null;
  readonly lag_s: number;
  readonly waiting: number;
  readonly sent: number;
  readonly set_aside: number;
  /** What is wrong, in the hub's words; empty: nothing. */
  readonly failing: string;
  /** By how much the hub's clock is ahead of the library's. */
  readonly clock_offset_s: number | null;
  readonly pictures_unreadable: number;
  /** Passes, by device, that stay for want of an id. */
  readonly nameless: Readonly<Record<string, number>>;
  /** Devices that the library does not take, and why. */
  readonly devices_refused: Readonly<Record<string, string>>;
  readonly by_kind: Readonly<Record<string, FeedKind>>;
  /** Whether the library may subscribe here. */
  readonly subscribable: boolean;
  readonly subscriptions: readonly FeedSubscription[];
}

/** What the library, or a receiver it named, has confirmed. */
export interface Receipt {
  readonly kind: string;
  readonly subscription: number;
  readonly event: number;
  readonly object_id: string;
  readonly time: string;
  readonly confirmed: string;
  readonly receiver: string;
  readonly document: string;
}

export interface ReceiptPage {
  readonly receipts: readonly Receipt[];
  readonly next: string | null;
}

/** One object that the library did not take, and never will as it is. */
export interface SetAside {
  readonly id: number;
  readonly kind: string;
  readonly object_id: string;
  readonly time: string;
  readonly code: string;
  readonly reason: string;
  readonly tries: number;
  readonly since: string;
  /** It is about to be tried again. */
  readonly again: boolean;
}

export interface AsidePage {
  readonly set_aside: readonly SetAside[];
  readonly next: number | null;
}

export const readFeed = (): Promise<Answer<FeedHealth>> => look("/viid");
export const readSetAside = (before?: number): Promise<Answer<AsidePage>> => look(`/viid/set-aside${query({ before })}`);
export const readReceipts = (wanted: Readonly<Record<string, QueryValue>>): Promise<Answer<ReceiptPage>> => look(`/viid/receipts${query(wanted)}`);
export const decideSubscription = (
  { number, version }: FeedSubscription,
  deed: SubscriptionDeed,
  reason: string,
): Promise<Answer<FeedSubscription>> => tell(`/viid/subscriptions/${number}/${deed}`, { version, reason });
export const retryItem = (id: number): Promise<Answer<SetAside>> => tell(`/viid/set-aside/${id}/retry`, {});
