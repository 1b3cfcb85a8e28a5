import { describe, expect, it } from "vitest";
import en from "@/i18n/en";
import zhCN from "@/i18n/zh-CN";
import { device, property } from "@/live/samples";
import { BADGES, badgesOf, isDoubtful } from "./badges";
import { FRESHNESSES } from "./freshness";
import { GATE_FAULTS, GATE_STATES, TONES, gateLook, gravest, thingLook } from "./look";

const STATES = [...GATE_STATES, "half-open", "", null];
const FAULTS = [...GATE_FAULTS, "bent", null];

const every = STATES.flatMap((state) =>
  FRESHNESSES.flatMap((freshness) => FAULTS.map((fault) => ({ state, freshness, fault }))),
);

function hasWords(key: string): boolean {
  const [group = "", word = ""] = key.split(".");
  return [en, zhCN].every((messages) => word in ((messages as Record<string, object>)[group] ?? {}));
}

describe("the look of a gate", () => {
  it.each(every)("is settled for $state, $freshness, fault $fault", ({ state, freshness, fault }) => {
    const look = gateLook(state, freshness, fault);
    const faulty = fault !== null && fault !== "none";
    expect(TONES).toContain(look.tone);
    expect(hasWords(look.text), look.text).toBe(true);
    if (look.detail !== null) expect(hasWords(look.detail), look.detail).toBe(true);
    if (freshness !== "live") {
      expect(["stale", "unknown"]).toContain(look.tone);
      expect(look.text).toBe(`freshness.${freshness}`);
    } else if (faulty || state === "fault") {
      expect(look).toMatchObject({ tone: "alarm", icon: "warning" });
      expect(look.detail).not.toBeNull();
    } else if (!GATE_STATES.some((known) => known === state) || state === "unknown") {
      expect(look).toMatchObject({ tone: "unknown", text: "state.unknown" });
    } else {
      expect(look.text).toBe(`state.${String(state)}`);
      expect(look.detail).toBeNull();
    }
  });

  it("is calm only for a gate at rest that is live and sound", () => {
    const calm = every.filter(({ state, freshness, fault }) => gateLook(state, freshness, fault).tone === "normal");
    expect(new Set(calm.map(({ state, freshness }) => `${String(state)} ${freshness}`))).toEqual(
      new Set(["closed live", "open live"]),
    );
    expect(new Set(calm.map(({ fault }) => fault))).toEqual(new Set(["none", null]));
  });

  it("does not rest on colour alone: no two looks share icon and words, yet differ in tone", () => {
    const tones = new Map<string, Set<string>>();
    for (const { state, freshness, fault } of every) {
      const { icon, text, detail, tone } = gateLook(state, freshness, fault);
      const seen = `${icon} ${text} ${String(detail)}`;
      tones.set(seen, (tones.get(seen) ?? new Set()).add(tone));
    }
    expect([...tones.values()].every((set) => set.size === 1)).toBe(true);
  });
});

describe("the look of a thing of any kind", () => {
  const thing = (properties: Parameters<typeof device>[1]) => device("x", { kind: "charger", ...properties });
  const looks = (state: string | null, fault: string | boolean = "none") =>
    thingLook(thing({ properties: { state: property(state), fault: property(fault) } }), "live");

  it.each(FRESHNESSES.filter((freshness) => freshness !== "live"))("is never calm when %s", (freshness) => {
    expect(["stale", "unknown"]).toContain(thingLook(thing({}), freshness).tone);
  });

  it("shows a fault whatever the state", () => {
    expect(looks("charging", "over-temperature")).toMatchObject({ tone: "alarm", detail: "fault.over-temperature" });
    expect(looks("charging", true)).toMatchObject({ tone: "alarm", detail: "fault.unnamed" });
    expect(looks("fault")).toMatchObject({ tone: "alarm" });
  });

  it("shows a state that nobody knows as unknown", () => {
    expect(looks("unknown").tone).toBe("unknown");
    expect(looks(null).tone).toBe("unknown");
    expect(thingLook(thing({ properties: {} }), "live").tone).toBe("unknown");
    const bad = { state: property("idle", { quality: "bad" }) };
    expect(thingLook(thing({ properties: bad }), "live").tone).toBe("unknown");
  });

  it("is calm when all is well", () => {
    expect(looks("charging")).toEqual({ tone: "normal", icon: "running", text: "state.charging", detail: null });
    const sensor = thing({ properties: { temperature: property(21, { unit: "°C" }) } });
    expect(thingLook(sensor, "live").text).toBe("state.online");
  });
});

describe("badges", () => {
  it("have words in both languages", () => {
    for (const { property: name } of BADGES) expect(hasWords(`badge.${name}`), name).toBe(true);
  });

  it("show what is true and trusted, gravest first", () => {
    const gate = device("x", {
      properties: {
        manual: property(true),
        fire: property(true),
        "held-open": property(false),
        "beam-broken": property(true, { quality: "bad" }),
      },
    });
    expect(badgesOf(gate).map((badge) => badge.property)).toEqual(["fire", "manual"]);
  });

  it("tell values in doubt from values that are merely old", () => {
    expect(isDoubtful(device("x", { properties: { a: property(1, { quality: "uncertain" }) } }))).toBe(true);
    expect(isDoubtful(device("x", { properties: { a: property(1, { quality: "uncertain", stale: true }) } }))).toBe(false);
  });

  it("and looks together show the graver tone", () => {
    expect(gravest("normal", "attention", "moving")).toBe("attention");
    expect(gravest("alarm", "attention")).toBe("alarm");
    expect(gravest()).toBe("normal");
  });
});
