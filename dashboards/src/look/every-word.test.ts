/**
 * Every word that the hub can send has words in both languages, and a look where it has one. The hub's own description of
 * its API lists them: a new one that nobody can read fails here.
 */
import { existsSync, readFileSync, readdirSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { KIND_ORDER } from "@/components/glance";
import en from "@/i18n/en";
import zhCN from "@/i18n/zh-CN";
import { ALARM_STATES, PRIORITIES, SUPPRESSIONS } from "@/live/alarms";
import { CONNECTIVITIES } from "@/live/protocol";
import { device } from "@/live/samples";
import { ALARM_TONES, SHAPES, lookFor } from "./alarms";
import { freshnessOf } from "./freshness";
import { judge } from "./judge";
import { TONES } from "./look";

/** Where in the description a list stands → group of the words; those who see them see no others. */
const WORDS: Readonly<Record<string, string>> = {
  "ActionView/properties/status": "asked",
  Category: "passCategory",
  "ChargingOrder/properties/state": "chargeState",
  "ChargingOrderDetail/properties/state": "chargeState",
  Connectivity: "reach",
  DataKind: "deskKind",
  Direction: "direction",
  Due: "due",
  EntryKind: "entry",
  Face: "registerFace",
  Group: "passGroup",
  "ImportRow/properties/state": "importRow",
  "ImportView/properties/what": "importNew",
  "ImportView/properties/state": "importState",
  "LevelPeriod/properties/days/items": "levelDay",
  ListName: "listName",
  ListState: "listState",
  Means: "means",
  "NewConsent/properties/how": "consentHow",
  OrderEntryKind: "orderEntry",
  PartState: "healthState",
  PoliceAnswer: "policeAnswer",
  Outcome: "passOutcome",
  "OwnVisit/properties/state": "visitState",
  PlateColour: "plateColour",
  Priority: "priority",
  "PropertyView/properties/quality": "quality",
  "RemovalView/properties/state": "removal",
  ReferralState: "referralState",
  Reveal: "deskReveal",
  Role: "role",
  State: "deskState",
  Step: "orderStep",
  Stage: "letterState",
  StepKind: "deskStep",
  "Scan/properties/status": "connectorStatus",
  "StaffChargingOrder/properties/state": "chargeState",
  "VisitView/properties/state": "visitState",
  "hub.alarms.lifecycle.State": "alarmState",
  "hub.commissioning.view.Standing": "standing",
  "hub.disclosure.states.State": "deskState",
  "hub.health.part.Group": "healthGroup",
  "hub.orders.lifecycle.State": "orderState",
  "hub.orders.lifecycle.Step": "orderStep",
  "hub.passes.settings.Group": "passGroup",
  "hub.register.view.PeriodView/properties/days/items": "levelDay",
};

/** Lists whose words no page shows as they are, and why. */
const UNSEEN: Readonly<Record<string, string>> = {
  Aggregate: "a question to the hub",
  "Alive/properties/status": "for who watches over the hub",
  "Definition/properties/covers/anyOf/0": "in the site's file",
  Kind: "a repeat is told by its count",
  "Leaving/properties/vehicles": "a choice that has a sentence",
  "LevelBody/properties/title/propertyNames": "languages",
  "OrderDetail/properties/proof/items": "has a sentence of its own for each",
  "OrderView/properties/proof/items": "has a sentence of its own for each",
  Permission: "decides what is shown",
  "SchemaSeen/properties/type": "decides which field is shown",
  ShiftEnd: "in the audit",
  Suppression: "not suppressed is not said; the others are looked at below",
  "Test/properties/connectivity/items": "in the site's file",
  TrialState: "each has sentences of its own, by the kind of device",
  "TrialWanted/properties/days": "a question to the hub",
  "hub.alarms.past.service.Standing": "a trial that is done shows its result; the others have sentences",
  "GapView/properties/why": "a gap of a trend is empty, whatever its reason",
  "hub.disclosure.states.Step": "decides which buttons are shown; what was done is told by StepKind",
  "Who/properties/sort/anyOf/0": "a row is what it is of",
};

/** All lists of words in the hub's description, by where they stand. */
function listsIn(value: unknown, at = ""): [at: string, words: readonly string[]][] {
  if (typeof value !== "object" || value === null) return [];
  const { enum: words } = value as { enum?: unknown };
  const own = Array.isArray(words) ? [[at, words] as [string, readonly string[]]] : [];
  return [...own, ...Object.entries(value).flatMap(([key, each]) => listsIn(each, at === "" ? key : `${at}/${key}`))];
}

const described = JSON.parse(readFileSync(new URL("../../../docs/openapi.json", import.meta.url), "utf8")) as {
  components: { schemas: object };
};
const lists = new Map(listsIn(described.components.schemas));
const sent = (list: string): readonly string[] => lists.get(list) ?? [];

/** Every kind that contract and hub name: the device families, driver hosts, supplies, the hub itself. */
function kinds(): ReadonlySet<string> {
  const root = new URL("../../../", import.meta.url);
  const files = ["contract", "hub"].flatMap((folder) =>
    readdirSync(new URL(folder, root), { recursive: true, encoding: "utf8" }).map((file) => `${folder}/${file}`),
  );
  const texts = (ending: string): readonly string[] =>
    files.filter((file) => file.endsWith(ending)).map((file) => readFileSync(new URL(file, root), "utf8"));
  const named = texts(".py").flatMap((text) => [...text.matchAll(/^[A-Z_]*KIND\b.* = "([a-z-]+)"$/gm)]);
  const listed = texts("alarms.toml").concat(texts("own.toml")).flatMap((text) => [...text.matchAll(/\bkinds = \[([^\]]*)\]/g)]);
  return new Set([
    ...KIND_ORDER,
    ...named.map(([, kind = ""]) => kind),
    ...listed.flatMap(([, kinds = ""]) => kinds.match(/[a-z-]+/g) ?? []),
  ]);
}

function wordFor(messages: object, group: string, word: string): unknown {
  return (messages as Record<string, Record<string, unknown> | undefined>)[group]?.[word];
}

describe("what the hub can send", () => {
  it.each([...lists])("of %s can be read in both languages, or is never seen", (at, words) => {
    const group = WORDS[at];
    if (group === undefined) {
      expect(Object.keys(UNSEEN), `no group of words for ${at}: ${words.join(", ")}`).toContain(at);
      return;
    }
    for (const word of words) {
      for (const messages of [zhCN, en]) expect(wordFor(messages, group, word), `${group}.${word}`).toBeTypeOf("string");
    }
  });
});

describe("an alarm", () => {
  it("is told in words that are all in the table of looks", () => {
    expect([...sent("Priority")].sort()).toEqual([...PRIORITIES].sort());
    expect([...sent("hub.alarms.lifecycle.State")].sort()).toEqual([...ALARM_STATES].sort());
    expect([...sent("Suppression")].sort()).toEqual([...SUPPRESSIONS].sort());
  });

  it("has a shape, a colour and a word, whatever it is", () => {
    for (const priority of PRIORITIES) {
      for (const state of ALARM_STATES) {
        for (const suppression of SUPPRESSIONS) {
          const { shape, tone, text } = lookFor(priority, state, suppression);
          expect(SHAPES).toContain(shape);
          expect(ALARM_TONES).toContain(tone);
          const [group = "", word = ""] = text.split(".");
          for (const messages of [zhCN, en]) expect(wordFor(messages, group, word), text).toBeTypeOf("string");
        }
      }
    }
  });
});

describe("a device", () => {
  const path = { cutOffSinceMs: null, link: "online", linkSinceMs: null, driver: null } as const;

  it.each(sent("Connectivity"))("that is %s is live or says what broke", (connectivity) => {
    expect(CONNECTIVITIES).toContain(connectivity);
    const one = device("x", { kind: "sensor", connectivity: connectivity as (typeof CONNECTIVITIES)[number] });
    const freshness = freshnessOf(one, path);
    expect(freshness).toBe(connectivity === "online" ? "live" : connectivity);
    const { tone, look } = judge(one, path);
    expect(TONES).toContain(tone);
    if (freshness !== "live") expect(["stale", "unknown"]).toContain(look.tone);
  });

  it("is of a family, or a driver host, a supply, the hub itself", () => {
    expect([...kinds()]).toEqual(expect.arrayContaining(["gate", "driver", "supply", "hub"]));
  });

  it.each([...kinds()])("of kind %s has a name", (kind) => {
    for (const messages of [zhCN, en]) expect(wordFor(messages, "kind", kind)).toBeTypeOf("string");
  });
});

describe("the hub itself", () => {
  const sheet = readFileSync(new URL("../../../hub/selfwatch/sheet.py", import.meta.url), "utf8");
  const own = [...sheet.matchAll(/^ {8}"([a-z-]+)": /gm)].map(([, name = ""]) => name);

  it.each(own)("says its %s in words", (name) => {
    for (const messages of [zhCN, en]) expect(wordFor(messages, "property", name)).toBeTypeOf("string");
  });
});

describe("a definition", () => {
  const drivers = new URL("../../../drivers/", import.meta.url);
  const families = readdirSync(drivers).filter((family) => existsSync(new URL(`${family}/alarms.toml`, drivers)));

  it.each(["hub", "site", ...families])("of %s says where it comes from", (source) => {
    for (const messages of [zhCN, en]) expect(wordFor(messages, "definitionSource", source)).toBeTypeOf("string");
  });
});

describe("a tone", () => {
  const css = ["tokens.css", "palettes.css", "tones.css"]
    .map((file) => readFileSync(new URL(`../styles/${file}`, import.meta.url), "utf8"))
    .join("\n");

  it.each([...TONES, ...ALARM_TONES])("%s has its three colours", (tone) => {
    expect(css).toContain(`[data-tone="${tone}"]`);
    for (const of of ["ink", "fill", "on-fill"]) expect(css).toMatch(new RegExp(`--${tone}-${of}:`));
  });

  it.each(TONES)("%s has a word for how many are so", (tone) => {
    for (const messages of [zhCN, en]) expect(wordFor(messages, "tally", tone)).toBeTypeOf("string");
  });
});
