/** What is typed and picked for a request, and what the hub is told. It stays until it is sent or cleared. */
import { reactive } from "vue";
import { momentOfField } from "@/i18n/calendar";
import type { AlarmView } from "@/live/alarms";
import type { Basis, Kind, Officer, Scope, Wanted } from "@/live/disclosures";
import type { Pass } from "@/live/passes";
import { momentField, spanOf } from "../span";

export type PickedAlarm = Pick<AlarmView, "id" | "title" | "kind" | "device" | "site" | "area" | "raised">;
export type PickedPass = Pick<Pass, "seq" | "at" | "plate" | "kind" | "device">;

export interface Draft {
  /** `picked`: only what was ticked; `stretch`: all of a time and place. */
  about: "picked" | "stretch";
  passes: Map<number, PickedPass>;
  alarms: Map<string, PickedAlarm>;
  from: string;
  to: string;
  kinds: Kind[];
  /** Empty: everywhere. */
  place: string;
  area: string;
  plate: string;
  person: string;
  vehicle: string;
  pictures: boolean;
  clips: boolean;
  basis: string;
  document: string;
  caseNumber: string;
  unit: string;
  officers: { name: string; number: string }[];
  purpose: string;
  /** One key a line. */
  recipients: string;
}

export function emptyDraft(): Draft {
  return {
    about: "stretch",
    passes: new Map(),
    alarms: new Map(),
    from: "",
    to: "",
    kinds: ["passes"],
    place: "",
    area: "",
    plate: "",
    person: "",
    vehicle: "",
    pictures: true,
    clips: false,
    basis: "",
    document: "",
    caseNumber: "",
    unit: "",
    officers: [{ name: "", number: "" }],
    purpose: "",
    recipients: "",
  };
}

export const draft: Draft = reactive(emptyDraft());

export function clearDraft(): void {
  Object.assign(draft, emptyDraft());
}

export const pickedCount = (of: Pick<Draft, "passes" | "alarms">): number => of.passes.size + of.alarms.size;

/** Ask for what was ticked as soon as something is, and for a stretch of time when nothing is any more. */
function follow(of: Draft): void {
  of.about = pickedCount(of) > 0 ? "picked" : "stretch";
}

export function pickPass(of: Draft, pass: PickedPass, picked: boolean): void {
  if (picked) of.passes.set(pass.seq, pass);
  else of.passes.delete(pass.seq);
  follow(of);
}

export function pickAlarm(of: Draft, alarm: PickedAlarm, picked: boolean): void {
  if (picked) of.alarms.set(alarm.id, alarm);
  else of.alarms.delete(alarm.id);
  follow(of);
}

export function unpickAll(of: Draft): void {
  of.passes.clear();
  of.alarms.clear();
  follow(of);
}

/** Take everything that a search found. */
export function takeScope(of: Draft, scope: Scope): void {
  Object.assign(of, {
    about: "stretch",
    from: momentField(scope.from_ms),
    to: momentField(scope.to_ms),
    kinds: [...scope.kinds],
    place: scope.devices?.[0] ?? "",
    area: scope.areas?.[0] ?? "",
    plate: scope.plate ?? "",
  });
}

/** Null: it is not complete, or it ends before it begins. */
export function scopeOf(of: Draft): Scope | null {
  return of.about === "picked" ? scopeOfPicked(of) : scopeOfStretch(of);
}

function scopeOfPicked({ passes, alarms, pictures, clips }: Draft): Scope | null {
  const raised = [...alarms.values()].map(({ raised }) => Date.parse(raised));
  const span = spanOf([...[...passes.values()].map(({ at }) => Date.parse(at)), ...raised]);
  const kinds: Kind[] = [...(passes.size > 0 ? ["passes" as const] : []), ...(alarms.size > 0 ? ["alarms" as const] : [])];
  return span === null ? null : {
    from_ms: span.fromMs,
    to_ms: span.toMs,
    kinds,
    passes: [...passes.keys()].sort((one, other) => one - other),
    alarms: [...alarms.keys()].sort(),
    pictures,
    clips,
  };
}

function scopeOfStretch({ from, to, kinds, place, area, plate, person, vehicle, pictures, clips }: Draft): Scope | null {
  const [fromMs, toMs] = [momentOfField(from), momentOfField(to)];
  if (fromMs === null || toMs === null || fromMs >= toMs || kinds.length === 0) return null;
  return {
    from_ms: fromMs,
    to_ms: toMs,
    kinds: [...kinds],
    devices: place === "" ? [] : [place],
    areas: area === "" ? [] : [area],
    plate: plate.trim() || null,
    person: person.trim() || null,
    vehicle: vehicle.trim() || null,
    pictures,
    clips,
  };
}

const DAY_MS = 86_400_000;

/** What of a scope a basis does not allow; the hub says so too. Keys of words. */
export function excessOf(basis: Basis, scope: Scope): readonly ("kinds" | "days" | "subject")[] {
  const named = Boolean(scope.plate ?? scope.person ?? scope.vehicle) || (scope.passes?.length ?? 0) + (scope.alarms?.length ?? 0) > 0;
  return [
    ...(scope.kinds.every((kind) => basis.kinds.includes(kind)) ? [] : ["kinds" as const]),
    ...(scope.to_ms - scope.from_ms > basis.longest_days * DAY_MS ? ["days" as const] : []),
    ...(basis.subject && !named ? ["subject" as const] : []),
  ];
}

export const NEEDED = ["basis", "document", "caseNumber", "unit", "officers", "purpose", "scope"] as const;
export type Needed = (typeof NEEDED)[number];

/** What must still be said before it can be sent, in the order of the form. */
export function missingOf(of: Draft): readonly Needed[] {
  const said: Readonly<Record<Needed, boolean>> = {
    basis: of.basis !== "",
    document: of.document.trim() !== "",
    caseNumber: of.caseNumber.trim() !== "",
    unit: of.unit.trim() !== "",
    officers: officersOf(of).length > 0,
    purpose: of.purpose.trim() !== "",
    scope: scopeOf(of) !== null,
  };
  return NEEDED.filter((name) => !said[name]);
}

function officersOf({ officers }: Draft): readonly Officer[] {
  return officers
    .map(({ name, number }) => ({ name: name.trim(), number: number.trim() }))
    .filter(({ name, number }) => name !== "" && number !== "");
}

/** Null while something is missing. */
export function wantedOf(of: Draft): Wanted | null {
  const scope = scopeOf(of);
  if (scope === null || missingOf(of).length > 0) return null;
  return {
    basis: of.basis,
    document_number: of.document.trim(),
    case_number: of.caseNumber.trim(),
    unit: of.unit.trim(),
    officers: officersOf(of),
    purpose: of.purpose.trim(),
    scope,
    recipients: of.recipients.split(/\s+/).filter(Boolean),
  };
}
