/**
 * Alarms as the hub tells them: on the live stream, and one by one with its timeline.
 *
 * Times are RFC 3339 UTC with milliseconds, or null. Words that a newer hub may add stay plain strings.
 */
import type { Words } from "./protocol";

export const PRIORITIES = ["critical", "high", "medium", "low"] as const;
/** How soon a person must act; the gravest first. */
export type Priority = (typeof PRIORITIES)[number];

export const ALARM_STATES = ["normal", "unacknowledged", "acknowledged", "returned-unacknowledged"] as const;
export type AlarmState = (typeof ALARM_STATES)[number];

export const SUPPRESSIONS = ["none", "shelved", "suppressed-by-design", "out-of-service"] as const;
export type Suppression = (typeof SUPPRESSIONS)[number];

export interface AlarmView {
  readonly id: string;
  readonly site: string;
  /** Kind and id of the device that it is about. */
  readonly kind: string;
  readonly device: string;
  readonly area: string | null;
  readonly key: string;
  readonly title: Words;
  readonly priority: string;
  /** `condition`: repeats are counted; `incident`: each is a case of its own. */
  readonly alarm_kind: string;
  readonly latching: boolean;
  readonly review: boolean;
  readonly state: string;
  readonly suppression: string;
  /** Whether what raised it lasts, as far as is known. */
  readonly active: boolean;
  readonly count: number;
  /** Grows with each entry of the timeline; what a person does quotes the one that they saw. */
  readonly version: number;
  readonly raised: string;
  readonly last: string;
  readonly returned: string | null;
  readonly acknowledged: string | null;
  readonly acknowledged_by: string | null;
  readonly assigned_to: string | null;
  readonly closed: string | null;
  /** Id of the alarm under which it is folded. */
  readonly parent: string | null;
  readonly children: number;
  readonly shelved_until: string | null;
  readonly data: Readonly<Record<string, unknown>>;
  readonly rationale: Words;
  readonly steps: readonly Words[];
  /** The commissioning test within which it was last raised; null or missing: it is no test. */
  readonly test?: string | null;
}

/** One entry of the timeline; `n` is the alarm's version with it. */
export interface TimelineEntry {
  readonly n: number;
  readonly ts: string;
  readonly kind: string;
  readonly who: string;
  readonly post: string | null;
  readonly note: string;
  readonly data: Readonly<Record<string, unknown>>;
}

/** A piece of evidence, gathered when the alarm was raised or on its way. */
export interface EvidenceItem {
  readonly kind: string;
  readonly device?: string | null;
  /** `planned`, `asked`, `got`, `done` or `failed`. */
  readonly state?: string;
  readonly sha256?: string | null;
  /** In bytes. */
  readonly size?: number | null;
  /** When it was made, by the clock of who made it. */
  readonly made?: string | null;
  /** Why there is none. */
  readonly error?: string | null;
  /** When its file was deleted, its retention being over. */
  readonly gone?: string | null;
}

export const HOPS = ["device", "received", "committed", "raised", "pushed", "painted", "acknowledged"] as const;
export type Hop = (typeof HOPS)[number];

/** When the alarm was where; null or missing where nobody measured. */
export type TraceTimes = Readonly<Partial<Record<Hop, string | null>>> & {
  /** On whose screen it was painted first. */
  readonly painted_by?: string | null;
};

export interface LinkedOrder {
  readonly id: string;
  readonly kind?: string;
  readonly title?: Words;
  readonly state?: string;
  readonly due?: string | null;
}

export interface AlarmDetail extends AlarmView {
  readonly timeline: readonly TimelineEntry[];
  readonly evidence?: readonly EvidenceItem[];
  readonly trace?: TraceTimes;
  readonly orders?: readonly LinkedOrder[];
}

/** One person at one post. */
export interface Shift {
  readonly id: string;
  readonly who: string;
  readonly began: string;
}

/** A presence check that waits until `deadline`; `missed`: since when nobody has shown. */
export interface PresenceCheck {
  readonly due: string;
  readonly deadline: string;
  readonly missed: string | null;
}

/** A post as it is now. */
export interface Duty {
  readonly post: string;
  readonly title: Words;
  readonly manned: boolean;
  /** Principals on duty there. */
  readonly people: readonly string[];
  /** Areas that it looks after; empty: all. */
  readonly areas?: readonly string[];
  readonly shifts?: readonly Shift[];
  readonly presence?: PresenceCheck | null;
  /** Who has prepared to leave. */
  readonly handovers?: readonly { readonly id: string; readonly who: string; readonly prepared: string }[];
}

/** Whether the last test alarm came the whole way; `ok` null: none was due yet. */
export interface Canary {
  readonly ok: boolean | null;
  readonly last: string | null;
}
