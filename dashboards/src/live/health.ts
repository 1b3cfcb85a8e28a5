/** How every part of the product does. */
import { look } from "./ask";
import type { Answer } from "./ask";
import type { Scalar, Words } from "./protocol";

export const PART_STATES = ["fault", "attention", "unknown", "normal", "off"] as const;
/** `off`: not set up here. A word that a newer hub may add stays a plain string. */
export type PartState = (typeof PART_STATES)[number];

export const GROUPS = [
  "processes",
  "link",
  "hosts",
  "queues",
  "rules",
  "viewers",
  "storage",
  "certificates",
  "backup",
  "canary",
  "notifications",
  "webhooks",
  "lists",
  "dropped",
] as const;
export type Group = (typeof GROUPS)[number];

export interface Part {
  readonly group: string;
  readonly id: string;
  readonly state: string;
  /** A word for why it is so. */
  readonly says: string;
  readonly title: Words;
  /** By name, with the unit at the end of the name: `_s`, `_bytes`, `_days`, `_percent`. */
  readonly figures: Readonly<Record<string, Scalar>>;
  readonly since: string | null;
}

export interface Health {
  readonly ts: string;
  readonly state: string;
  readonly parts: readonly Part[];
}

export const readHealth = (): Promise<Answer<Health>> => look("/health/parts");
