/** Which devices are listed, in which groups and order. Pure. */
import { KIND_ORDER } from "@/components/glance";
import { DRIVER_KIND, keyOf } from "@/live/protocol";
import type { Device } from "@/live/protocol";
import type { Judgement } from "@/look/judge";
import { TONES } from "@/look/look";

export const GROUPINGS = ["kind", "area"] as const;
export type Grouping = (typeof GROUPINGS)[number];

export interface Filters {
  readonly text: string;
  /** Empty: all. */
  readonly kind: string;
  /** Only those that need a person. */
  readonly needing: boolean;
  readonly by: Grouping;
}

export interface Row {
  readonly device: Device;
  readonly judgement: Judgement;
  readonly title: string;
  readonly area: string;
  /** How many open alarms it has. */
  readonly alarms: number;
}

export interface Group {
  readonly key: string;
  readonly rows: readonly Row[];
}

/** Somebody has to look: it alarms, is not as it should be, or nobody knows how it is. */
export function needsPerson({ judgement, alarms }: Row): boolean {
  return alarms > 0 || (judgement.tone !== "normal" && judgement.tone !== "moving");
}

/** Every word that was typed is in its title, its area, its model or its id. */
export function matches({ device, title, area }: Row, text: string): boolean {
  const said = [title, area, device.model ?? "", keyOf(device), ...Object.values(device.title)].join(" ").toLowerCase();
  return text.toLowerCase().split(/\s+/).every((word) => said.includes(word));
}

export function wanted(rows: readonly Row[], { text, kind, needing }: Filters): readonly Row[] {
  return rows.filter(
    (row) => (kind === "" || row.device.kind === kind) && (!needing || needsPerson(row)) && matches(row, text),
  );
}

/** Groups in the order of the wall, or by the area's name; in each the gravest first, then by title. */
export function grouped(rows: readonly Row[], by: Grouping): readonly Group[] {
  const groups = new Map<string, Row[]>();
  for (const row of rows) {
    const key = by === "kind" ? row.device.kind : row.area;
    groups.set(key, [...(groups.get(key) ?? []), row]);
  }
  const order = by === "kind" ? byKind : byName;
  return [...groups]
    .toSorted(([one], [other]) => order(one, other))
    .map(([key, listed]) => ({ key, rows: listed.toSorted(byNeed) }));
}

function byNeed(one: Row, other: Row): number {
  return rank(other) - rank(one) || one.title.localeCompare(other.title, undefined, { numeric: true });
}

function rank(row: Row): number {
  return needsPerson(row) ? 1 + TONES.indexOf(row.judgement.tone) + (row.alarms > 0 ? TONES.length : 0) : 0;
}

function byKind(one: string, other: string): number {
  return kindRank(one) - kindRank(other) || one.localeCompare(other);
}

function kindRank(kind: string): number {
  if (kind === DRIVER_KIND) return KIND_ORDER.length + 1;
  const at = KIND_ORDER.indexOf(kind);
  return at < 0 ? KIND_ORDER.length : at;
}

/** What stands nowhere comes last. */
function byName(one: string, other: string): number {
  return Number(one === "") - Number(other === "") || one.localeCompare(other);
}

/** A device's key in an address: no id holds a `~`. */
export const idOfKey = (key: string): string => key.replaceAll("/", "~");
export const keyOfId = (id: string): string => id.replaceAll("~", "/");
