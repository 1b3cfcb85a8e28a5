import { describe, expect, it } from "vitest";
import { ALARM_STATES, PRIORITIES, SUPPRESSIONS } from "@/live/alarms";
import zhCN from "@/i18n/zh-CN";
import en from "@/i18n/en";
import { device, property } from "@/live/samples";
import { lookFor } from "./alarms";
import { FRESHNESSES } from "./freshness";
import { GATE_STATES, gateLook, notLiveLook, thingLook } from "./look";
import type { Look } from "./look";

/** Every look may be seen in grey: what differs in colour differs in shape and in word, too. */
describe("in grey", () => {
  it("priorities differ by shape and number", () => {
    const shapes = PRIORITIES.map((priority) => lookFor(priority, "unacknowledged", "none"));
    expect(new Set(shapes.map(({ shape }) => shape)).size).toBe(PRIORITIES.length);
    expect(new Set(shapes.map(({ number }) => number)).size).toBe(PRIORITIES.length);
  });

  it.each(PRIORITIES)("states and suppressions of a %s alarm differ by mark and word", (priority) => {
    const looks = [
      ...ALARM_STATES.map((state) => lookFor(priority, state, "none")),
      ...SUPPRESSIONS.filter((each) => each !== "none").map((each) => lookFor(priority, "unacknowledged", each)),
    ];
    expect(new Set(looks.map(({ icon }) => icon)).size).toBe(looks.length);
    expect(new Set(looks.map(({ text }) => text)).size).toBe(looks.length);
  });

  it("what calls is solid, what somebody knows of an outline", () => {
    for (const priority of PRIORITIES) {
      expect(lookFor(priority, "unacknowledged", "none").solid).toBe(true);
      expect(lookFor(priority, "acknowledged", "none").solid).toBe(false);
    }
  });

  it("two tones of a device never share both mark and word", () => {
    const looks: Look[] = [
      ...GATE_STATES.map((state) => gateLook(state, "live", "none")),
      ...FRESHNESSES.flatMap((freshness) => (freshness === "live" ? [] : [notLiveLook(freshness)])),
      thingLook(device("oven", { kind: "oven" }), "live"),
      thingLook(device("oven", { kind: "oven", properties: { fault: property("hot") } }), "live"),
    ];
    for (const one of looks) {
      for (const other of looks) {
        if (one.tone !== other.tone) expect([one.icon, one.text]).not.toEqual([other.icon, other.text]);
      }
    }
  });

  it.each([zhCN, en])("every priority and every tone has a word of its own", (words) => {
    for (const group of [words.priority, words.tally, words.alarmState, words.suppression]) {
      expect(new Set(Object.values(group)).size).toBe(Object.values(group).length);
    }
  });
});
