/** Definitions in a person's words, in either language. Pure: `speech` has the words. */
import type { Definition, Escalation, Link, Scope, Test } from "@/live/definitions";
import { HUB_KIND } from "@/live/protocol";
import type { Scalar } from "@/live/protocol";

export interface Speech {
  readonly t: (key: string, named?: Record<string, unknown>) => string;
  /** What an event is called. */
  readonly happened: (type: string) => string;
  /** What a property is called. */
  readonly property: (name: string) => string;
  /** What a kind of device is called. */
  readonly kind: (name: string) => string;
  readonly value: (value: Scalar) => string;
}

export function sayTest(test: Test, speech: Speech): string {
  const { t } = speech;
  const parts = test.all?.length ? test.all : (test.any ?? []);
  if (parts.length > 0) {
    const said = parts.map((part) => (part.all?.length || part.any?.length ? `(${sayTest(part, speech)})` : sayTest(part, speech)));
    return said.join(t(test.all?.length ? "definitions.and" : "definitions.or"));
  }
  if (test.event) return sayEvent(test, speech);
  if (test.connectivity?.length) return test.connectivity.map((each) => t(`freshness.${each}`)).join(t("definitions.or"));
  if (test.stale) return t("definitions.stale", { name: speech.property(test.stale) });
  return test.missed ? t("definitions.missed") : sayProperty(test, speech);
}

function sayEvent({ event, where = {} }: Test, speech: Speech): string {
  const data = Object.entries(where).map(([name, value]) => `${name} = ${either(value, speech)}`);
  return speech.happened(event ?? "") + (data.length > 0 ? ` (${data.join(", ")})` : "");
}

function sayProperty({ property, above, below, equals, in: oneOf, hysteresis }: Test, speech: Speech): string {
  const name = speech.property(property ?? "");
  const back = hysteresis ? ` (${speech.t("definitions.hysteresis", { by: hysteresis })})` : "";
  if (above != null && below != null) return `${above} < ${name} < ${below}${back}`;
  if (above != null) return `${name} > ${above}${back}`;
  if (below != null) return `${name} < ${below}${back}`;
  if (oneOf?.length) return `${name} = ${either(oneOf, speech)}`;
  return equals == null ? name : `${name} = ${speech.value(equals)}`;
}

function either(value: Scalar | readonly Scalar[], speech: Speech): string {
  const values = Array.isArray(value) ? (value as readonly Scalar[]) : [value as Scalar];
  return values.map(speech.value).join(speech.t("definitions.or"));
}

export function sayScope({ kinds, areas, devices, products, except_kinds, except_areas }: Scope, { t, kind }: Speech): string {
  // There is one hub, however many devices.
  const all = kinds.map((each) => (each === HUB_KIND ? kind(each) : t("definitions.ofKind", { kind: kind(each) })));
  const held = [...all, ...devices, ...products];
  const where = areas.length > 0 ? t("definitions.inAreas", { areas: areas.join(", ") }) : "";
  const but = [...except_kinds.map(kind), ...except_areas];
  const except = but.length > 0 ? t("definitions.except", { but: but.join(", ") }) : "";
  return [held.join(", ") || t("definitions.anything"), where, except].filter(Boolean).join(" · ");
}

export function sayTold(told: readonly string[], { t }: Speech): string {
  return told.map((each) => (each.startsWith("post:") ? t("definitions.post", { post: each.slice(5) }) : each)).join(", ");
}

export function sayEscalation({ after_s, tell, raise_to }: Escalation, speech: Speech): string {
  const graver = raise_to === null ? [] : [speech.t("definitions.graver", { priority: speech.t(`priority.${raise_to}`) })];
  const what = [sayTold(tell, speech), ...graver].filter(Boolean).join(", ");
  return speech.t("definitions.after", { time: duration(after_s), what });
}

export function sayLink({ action, to, same_area }: Link, speech: Speech): string {
  return `${action} → ${sayScope(to, speech)}${same_area ? ` · ${speech.t("definitions.sameArea")}` : ""}`;
}

/** Seconds as people write them: 90 s, 5 min, 2 h. */
export function duration(seconds: number): string {
  for (const [unit, size] of [["h", 3600], ["min", 60]] as const) {
    if (seconds >= 2 * size && seconds % size === 0) return `${seconds / size} ${unit}`;
  }
  return `${seconds} s`;
}

export const TIMES = ["on_delay_s", "off_delay_s", "repeat_within_s"] as const satisfies readonly (keyof Definition)[];
