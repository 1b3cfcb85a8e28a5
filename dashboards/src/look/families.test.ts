import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import en from "@/i18n/en";
import zhCN from "@/i18n/zh-CN";
import { device, property } from "@/live/samples";
import type { Property, Scalar } from "@/live/protocol";
import {
  CHARGER_LOCK_TONES,
  CHARGER_LOOKS,
  DOOR_CONCERNS,
  DOOR_LOOKS,
  GATE_CONCERNS,
  LOCKOUT_TONES,
  PICTURE_LOOKS,
  ZONE_LOOKS,
  familyLook,
} from "./families";
import { FRESHNESSES } from "./freshness";
import { judge } from "./judge";
import { lastKnownKey } from "./last-known";
import { TONES } from "./look";

const CLEAR = { cutOffSinceMs: null, link: "online", linkSinceMs: null, driver: null } as const;
const KINDS = ["door", "camera", "sprinkler", "sensor", "charger"] as const;
const CHARGER_WORDS = readFileSync(new URL("../../../drivers/charger/words.py", import.meta.url), "utf8");

function thing(kind: string, said: Record<string, Scalar | Property>) {
  const properties = Object.entries(said).map(([name, value]) => [
    name,
    typeof value === "object" && value !== null ? value : property(value),
  ]);
  return device("x", { kind, properties: Object.fromEntries(properties) as Record<string, Property> });
}

const look = (kind: string, said: Record<string, Scalar | Property>) => familyLook(thing(kind, said), "live");

/** The members of an enumeration of the chargers' driver: `NAME = "word"`. */
function driverWords(name: string): string[] {
  const body = CHARGER_WORDS.split(`class ${name}(`)[1]?.split(/\nclass |\n[A-Z_]+: /)[0] ?? "";
  return [...body.matchAll(/^ {4}[A-Z_]+ = "([a-z-]+)"/gm)].map(([, word]) => word ?? "");
}

function hasWords(key: string): boolean {
  const [group = "", word = ""] = key.split(".");
  return [en, zhCN].every((messages) => word in ((messages as Record<string, object>)[group] ?? {}));
}

describe("the look of a family's device", () => {
  it.each(KINDS.flatMap((kind) => FRESHNESSES.filter((each) => each !== "live").map((each) => [kind, each] as const)))(
    "a %s that is %s is never calm",
    (kind, freshness) => {
      const seen = familyLook(thing(kind, { state: "closed", picture: "ok", alarm: false }), freshness);
      expect(["stale", "unknown"]).toContain(seen?.tone);
    },
  );

  it.each([
    ["door", "state", DOOR_LOOKS],
    ["camera", "picture", PICTURE_LOOKS],
    ["sprinkler", "state", ZONE_LOOKS],
    ["charger", "state", CHARGER_LOOKS],
  ] as const)("a %s has one for every %s, with words", (kind, name, looks) => {
    for (const [said, [tone, icon]] of Object.entries(looks)) {
      const seen = look(kind, { [name]: said });
      expect(seen).toMatchObject({ tone, icon, detail: null });
      expect(TONES).toContain(tone);
      expect(hasWords(seen?.text ?? ""), seen?.text).toBe(true);
    }
    for (const odd of ["unknown", "ajar", "", null, 7]) {
      expect(look(kind, { [name]: odd }), String(odd)).toMatchObject({ tone: "unknown", text: "state.unknown" });
    }
    expect(look(kind, { [name]: property("closed", { quality: "bad" }) })?.tone).toBe("unknown");
    expect(look(kind, {})?.tone).toBe("unknown");
  });

  it("is left to the look of all things for other kinds", () => {
    expect(familyLook(thing("oven", {}), "live")).toBeNull();
  });
});

describe("a door", () => {
  it.each(DOOR_CONCERNS)("that is well but for $property needs a look", ({ property: name, is, detail }) => {
    expect(look("door", { state: "closed", [name]: is })).toMatchObject({ tone: "attention", detail });
    expect(hasWords(detail)).toBe(true);
    expect(look("door", { state: "forced", [name]: is })).toMatchObject({ tone: "alarm", detail: null });
  });
});

describe("a terminal that is told nothing of its door", () => {
  it("answers, which is all that can be said, unless it has no list", () => {
    const terminal = { means: "card,face", list: "good" };
    expect(look("door", terminal)).toMatchObject({ tone: "normal", text: "door.terminal", detail: null });
    expect(look("door", { ...terminal, list: "none" })).toMatchObject({ tone: "attention", detail: "door.no-list" });
    expect(look("door", { ...terminal, state: "unknown" })).toMatchObject({ tone: "unknown" });
    expect(hasWords("door.terminal")).toBe(true);
  });
});

describe("a gate with a plate camera", () => {
  const judged = (said: Record<string, Scalar>) => judge(thing("gate", said), CLEAR);

  it.each(GATE_CONCERNS)("that is well but for $property needs a look", ({ property: name, is, detail }) => {
    expect(judged({ state: "closed", [name]: is }).look).toMatchObject({ tone: "attention", detail });
    expect(hasWords(detail)).toBe(true);
    expect(judged({ state: "fault", [name]: is }).look).toMatchObject({ tone: "alarm", detail: "fault.unnamed" });
    expect(judge(thing("gate", { state: "closed", [name]: is }), { ...CLEAR, link: "offline" }).look.detail).toBeNull();
  });

  it("says that a vehicle waits, and is calm when all is well", () => {
    const well = { state: "closed", "plate-camera": "ready", list: "good", waiting: false };
    expect(judged(well)).toMatchObject({ tone: "normal", badges: [] });
    expect(judged({ ...well, waiting: true }).badges.map((badge) => badge.property)).toEqual(["waiting"]);
  });
});

describe("a sprinkler zone", () => {
  it.each(Object.entries(LOCKOUT_TONES).filter(([lockout]) => lockout !== "none"))(
    "says why it does not water: %s",
    (lockout, tone) => {
      const seen = look("sprinkler", { state: "closed", lockout });
      expect(seen).toMatchObject({ tone, detail: `lockout.${lockout}` });
      expect(hasWords(`lockout.${lockout}`)).toBe(true);
    },
  );

  it("with a lockout that nobody knows needs a look", () => {
    expect(look("sprinkler", { state: "closed", lockout: "frogs" })?.tone).toBe("attention");
  });

  it("shows its fault before all else", () => {
    const seen = look("sprinkler", { state: "closed", lockout: "fault", fault: "valve-stuck-open" });
    expect(seen).toMatchObject({ tone: "alarm", detail: "fault.valve-stuck-open" });
  });
});

describe("a charger's connector", () => {
  it("has a look for every word of its data sheet", () => {
    expect(Object.keys(CHARGER_LOOKS).sort()).toEqual(driverWords("ConnectorState").sort());
    expect(Object.keys(CHARGER_LOCK_TONES).sort()).toEqual(driverWords("Lock").sort());
  });

  it.each(Object.entries(CHARGER_LOCK_TONES).filter(([lockout]) => lockout !== "none"))(
    "says what forbids to charge: %s",
    (lockout, tone) => {
      expect(look("charger", { state: "available", lockout })).toMatchObject({ tone, detail: `lockout.${lockout}` });
      expect(hasWords(`lockout.${lockout}`)).toBe(true);
    },
  );

  it.each(driverWords("Fault").filter((fault) => fault !== "none"))("in alarm says its fault: %s", (fault) => {
    expect(look("charger", { state: "charging", fault })).toMatchObject({ tone: "alarm", detail: `fault.${fault}` });
    expect(hasWords(`fault.${fault}`)).toBe(true);
  });

  it("charging is seen to do so", () => {
    expect(look("charger", { state: "charging", lockout: "none" })).toMatchObject({ tone: "moving", icon: "bolt" });
  });
});

describe("a sensor", () => {
  const title = { "zh-CN": "烟雾报警", en: "Smoke alarm" };

  it("in alarm says so in its own words", () => {
    expect(look("sensor", { alarm: property(true, { title }) })).toMatchObject({ tone: "alarm", icon: "bell", words: title });
  });

  it("whose alarm is not known is unknown, whatever it measures", () => {
    expect(look("sensor", { alarm: null, temperature: 21 })?.tone).toBe("unknown");
    expect(look("sensor", { alarm: property(false, { quality: "bad" }) })?.tone).toBe("unknown");
  });

  it("is calm without an alarm, and where it only measures", () => {
    expect(look("sensor", { alarm: false })).toMatchObject({ tone: "normal", text: "sensor.calm" });
    expect(look("sensor", { temperature: 21 })).toMatchObject({ tone: "normal", text: "sensor.measuring" });
    expect(look("sensor", { temperature: null })?.tone).toBe("unknown");
  });

  it("with a fault or a flat battery needs a look", () => {
    expect(look("sensor", { alarm: false, fault: true })?.tone).toBe("attention");
    expect(judge(thing("sensor", { alarm: false, "low-battery": true }), CLEAR).tone).toBe("attention");
  });
});

describe("what was last known", () => {
  it("is said in the family's words", () => {
    expect(lastKnownKey(thing("door", { state: "held-open" }))).toBe("door.held-open");
    expect(lastKnownKey(thing("charger", { state: "charging" }))).toBe("charger.charging");
    expect(lastKnownKey(thing("camera", { picture: "ok" }))).toBe("picture.ok");
    expect(lastKnownKey(thing("sensor", { alarm: true }))).toBe("sensor.alarm");
    expect(lastKnownKey(thing("sensor", { alarm: null }))).toBeNull();
    expect(lastKnownKey(thing("oven", { state: "baking" }))).toBe("state.baking");
    expect(lastKnownKey(thing("camera", {}))).toBeNull();
  });
});
