/** The numbers of a definition that can be tried with other values: its delays, and the limits in its test. Pure. */
import type { Definition, Test } from "@/live/definitions";
import { TIMES } from "./sayings";

export const LIMITS = ["above", "below", "hysteresis"] as const;
export type Limit = (typeof LIMITS)[number];

/** A number as somebody types it. `at`: which property test of the tree, counted from the first; null: a delay. */
export interface NumberField {
  readonly name: string;
  readonly at: number | null;
  readonly property: string;
  readonly is: number;
  typed: string;
}

export function numbersOf(definition: Definition): NumberField[] {
  const field = (name: string, at: number | null, property: string, is: number): NumberField => ({
    name,
    at,
    property,
    is,
    typed: `${is}`,
  });
  const limits = leavesOf(definition.raise).flatMap((leaf, at) =>
    LIMITS.filter((name) => leaf.property && (leaf[name] != null && (name !== "hysteresis" || compares(leaf)))).map((name) =>
      field(name, at, leaf.property ?? "", leaf[name] as number),
    ),
  );
  const times = definition.kind === "incident" ? [] : TIMES.map((name) => field(name, null, "", definition[name]));
  return [...limits, ...times];
}

/** Fields of the definition that become different; a word names the first number that is none. */
export function changedBy(definition: Definition, fields: readonly NumberField[]): Readonly<Record<string, unknown>> | string {
  const changed: Record<string, unknown> = {};
  let raise = definition.raise;
  for (const { name, at, is, typed } of fields) {
    const number = Number(typed.trim().replace(",", "."));
    if (typed.trim() === "" || !Number.isFinite(number)) return name;
    if (number === is) continue;
    if (at === null) changed[name] = number;
    else raise = withLimit(raise, at, name as Limit, number).test;
  }
  return raise === definition.raise ? changed : { ...changed, raise: written(raise) };
}

export function leavesOf(test: Test): readonly Test[] {
  const parts = [...(test.all ?? []), ...(test.any ?? [])];
  return parts.length === 0 ? [test] : parts.flatMap(leavesOf);
}

function compares({ above, below }: Test): boolean {
  return above != null || below != null;
}

/** The same test with another limit in its `at`th leaf; `left`: how many leaves there were. */
function withLimit(test: Test, at: number, name: Limit, number: number): { test: Test; left: number } {
  const parts = [...(test.all ?? []), ...(test.any ?? [])];
  if (parts.length === 0) return { test: at === 0 ? { ...test, [name]: number } : test, left: 1 };
  let passed = 0;
  const changed = parts.map((part) => {
    const one = withLimit(part, at - passed, name, number);
    passed += one.left;
    return one.test;
  });
  const all = test.all?.length ?? 0;
  return { test: { ...test, all: changed.slice(0, all), any: changed.slice(all) }, left: passed };
}

/** As it is written in the site file: without what it does not say. */
function written(test: Test): Record<string, unknown> {
  const usual: Readonly<Record<string, unknown>> = { missed: false, hysteresis: 0 };
  const said = Object.entries(test).filter(([name, value]) => value !== null && value !== usual[name] && !isEmpty(value));
  return Object.fromEntries(
    said.map(([name, value]) => [name, name === "all" || name === "any" ? (value as readonly Test[]).map(written) : value]),
  );
}

function isEmpty(value: unknown): boolean {
  return typeof value === "object" && value !== null && Object.keys(value).length === 0;
}
