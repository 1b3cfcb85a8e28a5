import { describe, expect, it } from "vitest";
import en from "@/i18n/en";
import zhCN from "@/i18n/zh-CN";
import { PRIORITIES } from "@/live/alarms";
import { casesOf } from "@/live/cases";
import { alarm } from "@/live/samples";
import { COMMANDS, GO, commandOf, placeAfterGo, placeOf } from "./keys";
import { PLACES, addressOf, routeOf } from "./route";
import { PATTERNS, callsOf, soundOf } from "./sound/patterns";
import { nextCalling, stepFrom } from "./walking";

const listed = (...alarms: ReturnType<typeof alarm>[]) => casesOf(new Map(alarms.map((each) => [each.id, each]))).listed;

describe("a key", () => {
  const key = (key: string, changed = {}) => ({ key, ctrlKey: false, metaKey: false, altKey: false, repeat: false, ...changed });

  it.each(Object.entries(COMMANDS))("%s is a command, with words", (name, command) => {
    expect(commandOf(key(name), "page")).toBe(command);
    expect(en.help[command]).toBeTypeOf("string");
    expect(zhCN.help[command]).toBeTypeOf("string");
  });

  it("is for writing while somebody writes, but Escape", () => {
    expect(commandOf(key("a"), "field")).toBeNull();
    expect(commandOf(key("Escape"), "field")).toBe("back");
  });

  it("is the browser's with Ctrl, Alt or Meta", () => {
    for (const held of ["ctrlKey", "altKey", "metaKey"]) expect(commandOf(key("a", { [held]: true }), "page")).toBeNull();
  });

  it("held down walks on, and does nothing else again", () => {
    expect(commandOf(key("j", { repeat: true }), "page")).toBe("next");
    expect(commandOf(key("a", { repeat: true }), "page")).toBeNull();
  });

  it("leaves Enter to a button", () => {
    expect(commandOf(key("Enter"), "control")).toBeNull();
    expect(commandOf(key("Enter"), "page")).toBe("open");
    expect(commandOf(key("toString"), "page")).toBeNull();
  });

  it("that is a letter or a sign can be switched off; the others go on", () => {
    for (const name of ["a", "j", "/", "?", "g"]) expect(commandOf(key(name), "page", false)).toBeNull();
    for (const name of ["ArrowDown", "Enter", "Escape"]) expect(commandOf(key(name), "page", false)).not.toBeNull();
  });

  it("after g leads to a place, each to its own", () => {
    for (const place of PLACES) expect(placeAfterGo(key(GO[place].toUpperCase()))).toBe(place);
    expect(placeAfterGo(key("x"))).toBeNull();
    expect(new Set(Object.values(GO)).size).toBe(PLACES.length);
  });

  it("goes where the focus is", () => {
    expect(["TEXTAREA", "BUTTON", "BODY"].map((tagName) => placeOf({ tagName }))).toEqual(["field", "control", "page"]);
    expect(placeOf(null)).toBe("page");
    expect(placeOf({ tagName: "DIV", isContentEditable: true })).toBe("field");
  });
});

describe("the address", () => {
  it.each(PLACES)("leads to %s and back", (place) => {
    for (const id of [null, "a b/c"]) expect(routeOf(addressOf({ place, id }))).toEqual({ place, id });
  });

  it.each(["", "#", "#/nowhere/x", "#alarms"])("%j is the list of alarms", (hash) => {
    expect(routeOf(hash)).toEqual({ place: "alarms", id: null });
  });

  it("that somebody mistyped opens nothing", () => {
    expect(routeOf("#/alarms/%E0%A4%A")).toEqual({ place: "alarms", id: null });
  });
});

describe("walking through the list", () => {
  const list = listed(alarm("a"), alarm("b", { priority: "high" }), alarm("c", { state: "acknowledged" }));

  it("goes one by one and stops at the ends", () => {
    expect(stepFrom(list, null, 1)).toBe("a");
    expect(stepFrom(list, "a", 1)).toBe("b");
    expect(stepFrom(list, "c", 1)).toBe("c");
    expect(stepFrom(list, "a", -1)).toBe("a");
    expect(stepFrom(list, "gone", 1)).toBe("a");
    expect([1, -1].map((step) => stepFrom(list, "gone", step as 1 | -1, 2))).toEqual(["c", "b"]);
    expect(stepFrom([], null, 1)).toBeNull();
  });

  it("finds the next that nobody has acknowledged, round and round", () => {
    expect(nextCalling(list, null)).toBe("a");
    expect(nextCalling(list, "a")).toBe("b");
    expect(nextCalling(list, "b")).toBe("a");
    expect(nextCalling(list, "c")).toBe("a");
    expect(nextCalling([], "a")).toBeNull();
  });
});

describe("the sound", () => {
  const smoke = alarm("smoke");
  const door = alarm("door", { priority: "high" });

  it("is that of the gravest that calls", () => {
    expect(soundOf(listed(smoke, door), new Set())).toBe("critical");
    expect(soundOf(listed(door, { ...smoke, state: "acknowledged" }), new Set())).toBe("high");
    expect(soundOf(listed({ ...smoke, suppression: "shelved" }), new Set())).toBeNull();
    expect(soundOf([], new Set())).toBeNull();
  });

  it("is silenced for what sounds now; what comes, or becomes graver, is heard", () => {
    const silenced = new Set(callsOf(listed(smoke, door)));
    expect(soundOf(listed(smoke, door), silenced)).toBeNull();
    expect(soundOf(listed({ ...smoke, state: "returned-unacknowledged" }, door), silenced)).toBeNull();
    expect(soundOf(listed(smoke, door, alarm("new", { priority: "low" })), silenced)).toBe("low");
    expect(soundOf(listed(smoke, { ...door, priority: "critical" }), silenced)).toBe("critical");
  });

  it("differs by priority, ends before it begins again, and is more pressing the graver", () => {
    for (const priority of PRIORITIES) {
      const { pulses, every } = PATTERNS[priority];
      expect(pulses.length).toBeGreaterThan(0);
      expect(Math.max(...pulses.map(({ at, lasts }) => at + lasts))).toBeLessThan(every);
    }
    const pauses = PRIORITIES.map((priority) => PATTERNS[priority].every);
    expect(pauses).toEqual(pauses.toSorted((one, other) => one - other));
    expect(new Set(PRIORITIES.map((priority) => PATTERNS[priority].pulses.length)).size).toBe(PRIORITIES.length);
  });
});
