import { describe, expect, it } from "vitest";
import type { Definition, DefinitionEntry, Test } from "@/live/definitions";
import { ALL, sharesOf, sourcesOf, wanted } from "./listing";
import { changedBy, numbersOf } from "./numbers";
import { duration, sayEscalation, sayScope, sayTest } from "./sayings";
import type { Speech } from "./sayings";

const NOWHERE = { kinds: [], except_kinds: [], except_areas: [], areas: [], devices: [], products: [] };

function definition(key: string, changed: Partial<Definition> = {}): Definition {
  return {
    key,
    title: { "zh-CN": "泵房过热", en: "Pump room hot" },
    priority: "medium",
    kind: "condition",
    enabled: true,
    on: NOWHERE,
    raise: { property: "temperature", above: 45, below: null, hysteresis: 3, all: [], any: [], where: {}, missed: false },
    return: null,
    on_delay_s: 60,
    off_delay_s: 0,
    repeat_within_s: 60,
    latching: false,
    review: false,
    rationale: {},
    steps: [],
    tell: [],
    escalate: [],
    link: [],
    order: null,
    quiet: false,
    ...changed,
  };
}

const entry = (key: string, changed: Partial<Definition> = {}, raised = 0, place: string | null = null): DefinitionEntry => ({
  definition: definition(key, changed),
  origin: { source: place === null ? "sensor" : "site", file: null, place },
  devices: 1,
  raised,
});

const speech: Speech = {
  t: (key, named) => [key.slice(key.lastIndexOf(".") + 1), ...Object.values(named ?? {}).map(String)].join(" "),
  happened: (type) => type,
  property: (name) => name,
  kind: (name) => name,
  value: (value) => `${value}`,
};

describe("the list", () => {
  const list = [entry("hot", {}, 3), entry("own", { enabled: false }, 0, "[alarm own]"), entry("grave", { priority: "high" })];

  it("is searched by title, key, priority, source and what was done to it", () => {
    const keys = (filters: Partial<typeof ALL>) => wanted(list, { ...ALL, ...filters }).map((each) => each.definition.key);
    expect(keys({})).toEqual(["hot", "own", "grave"]);
    expect(keys({ text: "HOT" })).toEqual(["hot", "own", "grave"]);
    expect(keys({ text: "own" })).toEqual(["own"]);
    expect(keys({ text: "泵房" })).toHaveLength(3);
    expect(keys({ priority: "high" })).toEqual(["grave"]);
    expect(keys({ source: "site" })).toEqual(["own"]);
    expect(keys({ only: "site" })).toEqual(["own"]);
    expect(keys({ only: "off" })).toEqual(["own"]);
    expect(keys({ only: "raised" })).toEqual(["hot"]);
    expect(sourcesOf([...list, { ...entry("canary"), origin: null }])).toEqual(["hub", "sensor", "site"]);
  });

  it("has shares of what is in use; of nothing there are none", () => {
    expect(sharesOf(list).map(({ group, definitions, ofDefinitions, ofRaised }) => [group, definitions, ofDefinitions, ofRaised])).toEqual([
      ["grave", 1, 50, 0],
      ["medium", 1, 50, 100],
      ["low", 0, 0, 0],
    ]);
    expect(sharesOf([]).every(({ ofDefinitions, ofRaised }) => ofDefinitions === null && ofRaised === null)).toBe(true);
  });
});

describe("a definition in words", () => {
  it.each<[Test, string]>([
    [{ property: "temperature", above: 45, hysteresis: 3 }, "temperature > 45 (hysteresis 3)"],
    [{ property: "soc", above: 1, below: 5 }, "1 < soc < 5"],
    [{ property: "tamper" }, "tamper"],
    [{ property: "fire", equals: false }, "fire = false"],
    [{ property: "state", in: ["a", "b"] }, "state = aorb"],
    [{ event: "smoke", where: { test: false } }, "smoke (test = false)"],
    [{ connectivity: ["device-offline", "driver-offline"] }, "device-offlineordriver-offline"],
    [{ stale: "level" }, "stale level"],
    [{ missed: true }, "missed"],
    [{ any: [{ property: "x", below: 0 }, { all: [{ property: "y" }, { property: "z" }] }] }, "x < 0or(yandz)"],
  ])("%j", (test, said) => {
    expect(sayTest(test, speech)).toBe(said);
  });

  it("says whom it is about and when who else is told", () => {
    expect(sayScope({ ...NOWHERE, kinds: ["gate"], areas: ["east"], except_kinds: ["hub"] }, speech)).toBe("ofKind gate · inAreas east · except hub");
    expect(sayScope(NOWHERE, speech)).toBe("anything");
    expect(sayEscalation({ after_s: 300, tell: ["post:centre"], raise_to: "high" }, speech)).toBe("after 5 min post centre, graver high");
    expect([90, 120, 7200, 3601].map(duration)).toEqual(["90 s", "2 min", "2 h", "3601 s"]);
  });
});

describe("numbers", () => {
  const typed = (of: Definition, ...values: [number, string][]) => {
    const fields = numbersOf(of);
    for (const [index, value] of values) (fields[index] as { typed: string }).typed = value;
    return changedBy(of, fields);
  };

  it("are the limits of the test, then the delays; an incident has no delays", () => {
    expect(numbersOf(definition("hot")).map(({ name, is }) => [name, is])).toEqual([
      ["above", 45],
      ["hysteresis", 3],
      ["on_delay_s", 60],
      ["off_delay_s", 0],
      ["repeat_within_s", 60],
    ]);
    expect(numbersOf(definition("fall", { kind: "incident", raise: { event: "x" } }))).toEqual([]);
  });

  it("that were not touched change nothing, and what is none is named", () => {
    expect(typed(definition("hot"))).toEqual({});
    expect(typed(definition("hot"), [2, "120"])).toEqual({ on_delay_s: 120 });
    expect(typed(definition("hot"), [0, "hot"])).toBe("above");
    expect(typed(definition("hot"), [0, " "])).toBe("above");
  });

  it("of a test are written with all of it, as a site file has it", () => {
    expect(typed(definition("hot"), [0, "40,5"])).toEqual({ raise: { property: "temperature", above: 40.5, hysteresis: 3 } });
    const late: Test = { any: [{ property: "a", above: 0 }, { all: [{ property: "b", equals: false }, { property: "c", below: -5, hysteresis: 1 }] }] };
    expect(typed(definition("late", { raise: late }), [1, "-6"])).toEqual({
      raise: { any: [{ property: "a", above: 0 }, { all: [{ property: "b", equals: false }, { property: "c", below: -6, hysteresis: 1 }] }] },
    });
  });
});
