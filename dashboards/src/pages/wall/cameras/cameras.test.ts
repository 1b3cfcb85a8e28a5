import { describe, expect, it } from "vitest";
import type { AlarmView } from "@/live/alarms";
import { SHOWN_MS, newestFallen } from "./fallen";
import { EVERY_MS, nextOf, pauseAfter } from "./stills";
import { shownOf, stripFor } from "./strip";

describe("which camera is asked", () => {
  const at = (atMs: number, failures = 0) => ({ atMs, failures });

  it("those that were never asked come first", () => {
    expect(nextOf(["a", "b"], new Map([["a", at(0)]]), 10)).toBe("b");
  });

  it("then who has waited longest, and nobody too soon", () => {
    const tried = new Map([["a", at(2_000)], ["b", at(1_000)]]);
    expect(nextOf(["a", "b"], tried, EVERY_MS)).toBeNull();
    expect(nextOf(["a", "b"], tried, 2_000 + EVERY_MS)).toBe("b");
  });

  it("one that has no picture is left alone for longer and longer", () => {
    expect(nextOf(["a"], new Map([["a", at(0, 2)]]), 2 * EVERY_MS)).toBeNull();
    expect([0, 1, 2, 9].map(pauseAfter)).toEqual([50_000, 100_000, 200_000, 600_000]);
  });
});

describe("the strip", () => {
  it("holds as many pictures as its room does, and none where one would be too small", () => {
    expect(stripFor(16, 44.5, 18.9)).toMatchObject({ columns: 4, rows: 2 });
    expect(stripFor(16, 44, 9)).toMatchObject({ rows: 0 });
    expect(stripFor(0, 44, 30)).toMatchObject({ rows: 0 });
  });

  it("has room for one camera where there would be for many", () => {
    expect(stripFor(1, 44.5, 18.9)).toMatchObject({ columns: 1, rows: 1 });
    expect(stripFor(3, 26.25, 45)).toMatchObject({ columns: 2, rows: 2 });
  });

  it("never is higher than its room", () => {
    for (let high = 0; high < 40; high += 0.5) expect(stripFor(16, 44, high).height).toBeLessThanOrEqual(high);
  });

  it("shows few pictures on a telephone, two beside one another", () => {
    expect(stripFor(16, 22.4, Infinity)).toMatchObject({ columns: 2, rows: 2 });
  });
});

describe("cameras in turn", () => {
  const all = ["a", "b", "c", "d", "e"];
  const calm = (): boolean => false;

  it("all have theirs", () => {
    expect(shownOf(all, 2, 0, calm)).toEqual(["a", "b"]);
    expect(shownOf(all, 2, 1, calm)).toEqual(["c", "d"]);
    expect(shownOf(all, 2, 2, calm)).toEqual(["a", "e"]);
    expect(shownOf(all, 9, 3, calm)).toEqual(all);
  });

  it("those that need a person stay", () => {
    expect(shownOf(all, 2, 1, (each) => each === "d")).toEqual(["b", "d"]);
    expect(shownOf(all, 1, 1, (each) => each > "c")).toEqual(["d"]);
  });
});

describe("what fell", () => {
  const RAISED = "2026-11-24T08:00:00.000Z";
  const MS = Date.parse(RAISED);
  const alarm = (fields: Partial<AlarmView>) =>
    ({ key: "falling-object", raised: RAISED, data: { media: ["ab12"] }, ...fields }) as AlarmView;

  it("is shown for some minutes, the newest of it", () => {
    const later = alarm({ raised: "2026-11-24T08:01:00.000Z", data: {} });
    expect(newestFallen([alarm({}), alarm({ key: "camera-lost" })], MS)).toMatchObject({ picture: "ab12" });
    expect(newestFallen([alarm({}), later], MS)).toMatchObject({ alarm: later, picture: null });
    expect(newestFallen([alarm({})], MS + SHOWN_MS)).toBeNull();
  });
});
