/** What a person fills in for an action, by the device's own description of it. Pure. */
import type { Device, Scalar } from "@/live/protocol";
import type { ActionSchema, Schema } from "@/live/things";

export interface Field {
  readonly name: string;
  readonly schema: Schema;
}

/** As fields of a form hold it; a choice between yes and no is `true`, `false` or, not made yet, empty. */
export type Draft = Record<string, string>;

/** Actions that machines ask for, with ids that people do not know, or that have a place of their own. */
const NOT_BY_HAND: Readonly<Record<string, readonly string[]>> = { charger: ["start"], camera: ["preview"] };

/** Texts that may be left empty: a charger then ends whatever charge there is. */
const MAY_BE_EMPTY: ReadonlySet<string> = new Set(["order"]);

export function byHand({ kind, actions }: Pick<Device, "kind" | "actions">): readonly string[] {
  return actions.filter((action) => !(NOT_BY_HAND[kind] ?? []).includes(action));
}

export function fieldsOf(action: ActionSchema): readonly Field[] {
  return Object.entries(action.input.properties).map(([name, schema]) => ({ name, schema }));
}

export function emptyDraft(fields: readonly Field[]): Draft {
  return Object.fromEntries(fields.map(({ name }) => [name, ""]));
}

/** The input; or the name of the field that is missing or outside its limits. */
export function inputOf(fields: readonly Field[], draft: Draft): Readonly<Record<string, Scalar>> | string {
  const input: Record<string, Scalar> = {};
  for (const { name, schema } of fields) {
    const value = valueOf(name, schema, (draft[name] ?? "").trim());
    if (value === undefined) return name;
    input[name] = value;
  }
  return input;
}

function valueOf(name: string, schema: Schema, text: string): Scalar | undefined {
  if (schema.enum.length > 0) return schema.enum.find((each) => String(each) === text);
  switch (schema.type) {
    case "boolean":
      return text === "" ? undefined : text === "true";
    case "integer":
    case "number":
      return numberOf(schema, text);
    default:
      return text === "" && !MAY_BE_EMPTY.has(name) ? undefined : text;
  }
}

function numberOf({ type, minimum, maximum }: Schema, text: string): number | undefined {
  const value = text === "" ? NaN : Number(text);
  const whole = type !== "integer" || Number.isInteger(value);
  const within = value >= (minimum ?? -Infinity) && value <= (maximum ?? Infinity);
  return whole && within ? value : undefined;
}
