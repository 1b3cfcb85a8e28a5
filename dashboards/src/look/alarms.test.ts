import { describe, expect, it } from "vitest";
import en from "@/i18n/en";
import zhCN from "@/i18n/zh-CN";
import { ALARM_STATES, PRIORITIES, SUPPRESSIONS } from "@/live/alarms";
import { alarm } from "@/live/samples";
import { ALARM_TONES, SHAPES, alarmLook, compareAlarms, lookFor } from "./alarms";

const ALL = PRIORITIES.flatMap((priority) =>
  ALARM_STATES.flatMap((state) => SUPPRESSIONS.map((suppression) => [priority, state, suppression] as const)),
);

function wordOf(messages: object, key: string): unknown {
  return key.split(".").reduce<unknown>((at, part) => (at as Record<string, unknown>)[part], messages);
}

describe("the look of an alarm", () => {
  it.each(ALL)("that is %s, %s and %s has all there is to one", (priority, state, suppression) => {
    const look = lookFor(priority, state, suppression);
    expect(ALARM_TONES).toContain(look.tone);
    expect(look.shape).toBe(SHAPES[PRIORITIES.indexOf(priority)]);
    expect(look.number).toBe(PRIORITIES.indexOf(priority) + 1);
    for (const messages of [en, zhCN]) {
      expect(wordOf(messages, look.text), look.text).toBeTypeOf("string");
      expect(wordOf(messages, `priority.${priority}`)).toBeTypeOf("string");
    }
    const unacknowledged = state === "unacknowledged" || state === "returned-unacknowledged";
    expect(look.blink, "blinks").toBe(unacknowledged && suppression === "none");
    expect(look.solid, "solid").toBe(look.blink);
    expect(look.tone).toBe(suppression === "none" ? priority : "resting");
    if (!look.blink) expect(look.sound).toBeNull();
    if (state === "unacknowledged" && suppression === "none") expect(look.sound).toBe(priority);
  });

  it("differs in more than colour between any two priorities, and any two states", () => {
    for (const state of ALARM_STATES) {
      const shapes = PRIORITIES.map((priority) => lookFor(priority, state, "none"));
      expect(new Set(shapes.map((look) => look.shape)).size).toBe(PRIORITIES.length);
      expect(new Set(shapes.map((look) => look.number)).size).toBe(PRIORITIES.length);
    }
    const marks = ALARM_STATES.map((state) => lookFor("high", state, "none"));
    expect(new Set(marks.map((look) => look.icon)).size).toBe(ALARM_STATES.length);
    expect(new Set(marks.map((look) => look.text)).size).toBe(ALARM_STATES.length);
    const hidden = SUPPRESSIONS.map((suppression) => lookFor("high", "acknowledged", suppression).icon);
    expect(new Set(hidden).size).toBe(SUPPRESSIONS.length);
  });

  it("goes on calling for what was grave and is over unseen", () => {
    const sounds = PRIORITIES.map((priority) => lookFor(priority, "returned-unacknowledged", "none").sound);
    expect(sounds).toEqual(["critical", "high", null, null]);
  });

  it("of words that nobody knows is the gravest", () => {
    const strange = alarmLook({ priority: "cosmic", state: "asleep", suppression: "hushed" });
    expect(strange).toEqual(lookFor("critical", "unacknowledged", "none"));
  });
});

describe("alarms stand", () => {
  it("unacknowledged first, then by priority, then the newest first, always in the same order", () => {
    const at = (second: number) => `2026-01-01T00:00:0${second}.000Z`;
    const list = [
      alarm("low new", { priority: "low", last: at(9) }),
      alarm("shelved", { suppression: "shelved", last: at(9) }),
      alarm("critical seen", { state: "acknowledged", last: at(8) }),
      alarm("high old", { priority: "high", last: at(1) }),
      alarm("high new", { priority: "high", state: "returned-unacknowledged", last: at(2) }),
      alarm("b", { last: at(0) }),
      alarm("a", { last: at(0) }),
    ];
    const wanted = ["a", "b", "high new", "high old", "low new", "shelved", "critical seen"];
    expect(list.toSorted(compareAlarms).map(({ id }) => id)).toEqual(wanted);
    expect(list.toReversed().toSorted(compareAlarms).map(({ id }) => id)).toEqual(wanted);
  });
});
