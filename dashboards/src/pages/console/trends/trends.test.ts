import { describe, expect, it } from "vitest";
import type { TrendSeries } from "@/live/trends";
import { routeOf } from "../route";
import { before, choiceAddress, choiceOf, keyed, loadedFor, partOf, partTime, stretchOf } from "./choice";
import { found } from "./finding";
import { barOf, heldTable, lengthOf } from "./held";
import { bandOf, later, lineOf, panelsOf, weightedOf } from "./lines";
import { formOf } from "./trend-chart";

const HOUR = 3_600_000;
const series = (changed: Partial<TrendSeries> = {}): TrendSeries => ({
  device: "hemei/gate/east-in",
  property: "position",
  title: {},
  unit: "%",
  type: "integer",
  exact: false,
  before: 5,
  ms: [100, 200, 300, 400],
  last: [1, 2, 3, 4],
  mean: [1, 2, 3, 4],
  min: [],
  max: [],
  count: [1, 1, 1, 1],
  weighted: [],
  ...changed,
});

describe("a choice", () => {
  it("comes back from its address, in any form", () => {
    for (const choice of [
      { of: ["hemei/gate/east-in/position", "hemei/door/a-1/state"], span: "week" as const, compare: true, weighted: true },
      { of: ["hemei/sensor/shed/a&b=c d/e"], span: { fromMs: 1_000_000, toMs: 2_000_000 }, compare: false, weighted: false },
    ]) {
      const { place, id } = routeOf(choiceAddress(choice));
      expect(place).toBe("trends");
      expect(choiceOf(id)).toEqual(choice);
    }
  });

  it("is the last day of nothing where the address says nothing that makes sense", () => {
    for (const id of [null, "questions", "of=gate&from=9&to=3", "from=x&to=y&span=decade"]) {
      expect(choiceOf(id)).toEqual({ of: [], span: "day", compare: false, weighted: false });
    }
    expect(choiceOf(Array.from({ length: 20 }, (_, at) => `of=a/b/c/${at}`).join("&")).of).toHaveLength(8);
  });
});

describe("a stretch", () => {
  const now = 100 * HOUR;
  it("ends now, and is read with as much beside it as there is", () => {
    const shown = stretchOf({ span: "hour" }, now);
    expect(shown).toEqual({ fromMs: 99 * HOUR, toMs: now });
    expect(loadedFor(shown, now)).toEqual({ fromMs: 98.5 * HOUR, toMs: now });
    expect(loadedFor(before(shown), now)).toEqual({ fromMs: 97.5 * HOUR, toMs: 99.5 * HOUR });
  });

  it("is the same as a part in percent", () => {
    const shown = { fromMs: 50 * HOUR, toMs: 60 * HOUR };
    const loaded = loadedFor(shown, now);
    expect(partOf(shown, loaded)).toEqual({ start: 25, end: 75 });
    expect(partTime(partOf(shown, loaded), loaded)).toEqual(shown);
  });

  it("is zoomed and moved by keys, never beyond now", () => {
    const shown = { fromMs: 98 * HOUR, toMs: now };
    expect(keyed(shown, "+", now)).toEqual({ fromMs: 98.5 * HOUR, toMs: 99.5 * HOUR });
    expect(keyed(shown, "-", now)).toEqual({ fromMs: 96 * HOUR, toMs: now });
    expect(keyed(shown, "ArrowLeft", now)).toEqual({ fromMs: 97.5 * HOUR, toMs: 99.5 * HOUR });
    expect(keyed(shown, "ArrowRight", now)).toEqual(shown);
    expect(keyed(shown, "toString", now)).toBeNull();
    expect(keyed({ fromMs: now - 10_000, toMs: now }, "+", now)).toEqual({ fromMs: now - 10_000, toMs: now });
  });
});

describe("a line", () => {
  const whole = { fromMs: 0, toMs: 500 };
  it("begins with what was before, and holds until the end", () => {
    expect(lineOf(series(), series().mean, [], whole)).toEqual([[0, 5], [100, 1], [200, 2], [300, 3], [400, 4], [500, 4]]);
  });

  it("stops where the device was not heard, and goes on behind that", () => {
    const gap = { start: 150, end: 350, why: "not-heard" as const };
    expect(lineOf(series(), series().mean, [gap], whole)).toEqual([[0, 5], [100, 1], [150, 1], [150, null], [350, 3], [400, 4], [500, 4]]);
  });

  it("ends with a gap that lasts", () => {
    const gap = { start: 450, end: 500, why: "nobody-knows" as const };
    expect(lineOf(series(), series().mean, [gap], whole).slice(-3)).toEqual([[400, 4], [450, 4], [450, null]]);
  });

  it("of nothing is nothing", () => {
    expect(lineOf(series({ before: null, ms: [], mean: [] }), [], [], whole)).toEqual([]);
  });

  it("of the span before is laid over", () => {
    expect(later([[1, 2]], 10)).toEqual([[11, 2]]);
  });
});

describe("means weighted by time", () => {
  it("go on with the last value where nothing came", () => {
    const told = series({ ms: [100, 200, 500], last: [1, 9, 3], mean: [1, 5, 3], weighted: [2, 6, 4] });
    const { ms, mean } = weightedOf(told, 100);
    expect(ms.map((each, at) => [each, mean[at]])).toEqual([[100, 2], [200, 6], [300, 9], [500, 4], [600, 3]]);
  });

  it("are not known where the last value was not", () => {
    expect(weightedOf(series({ ms: [100, 300], last: [null, 2], weighted: [7, 2] }), 100).mean).toEqual([7, null, 2, 2]);
    expect(weightedOf(series(), 100)).toEqual(series());
  });
});

describe("a table of how long it was what", () => {
  const open = { value: "open", known: true, seconds: 60, times: 2 };
  const closed = { value: "closed", known: true, seconds: 180, times: 1 };
  const unheard = { value: null, known: false, seconds: 600, times: 1 };
  const unknown = { value: null, known: true, seconds: 20, times: 1 };

  it("has who was not heard last, apart from what the device does not know", () => {
    const { columns, rows } = heldTable({ held: [unheard, closed, open, unknown], days: [{ day: "2026-11-24", held: [open] }] });
    expect(columns).toEqual(["closed", "open", null, undefined]);
    expect(rows.map(({ day, seconds }) => [day, seconds])).toEqual([[null, 860]]);
  });

  it("has a row a day, the latest first, each a bar of its own", () => {
    const days = [{ day: "2026-11-24", held: [open, closed] }, { day: "2026-11-25", held: [unheard] }];
    const { rows } = heldTable({ held: [unheard, closed, open], days });
    expect(rows.map(({ day }) => day)).toEqual([null, "2026-11-25", "2026-11-24"]);
    expect(rows.slice(1).map(barOf)).toEqual([
      [{ from: 0, wide: 0 }, { from: 0, wide: 0 }, { from: 0, wide: 100 }],
      [{ from: 0, wide: 75 }, { from: 75, wide: 25 }, { from: 100, wide: 0 }],
    ]);
  });
});

describe("a length of time", () => {
  it("is told in hours and minutes, a short one in seconds too", () => {
    expect(lengthOf(45)).toEqual(["trends.minutes", { minutes: 0, seconds: 45 }]);
    expect(lengthOf(3599.7)).toEqual(["trends.hours", { hours: 1, minutes: 0 }]);
    expect(lengthOf(30 * 3600 + 89)).toEqual(["trends.hours", { hours: 30, minutes: 1 }]);
  });
});

describe("a band", () => {
  it("says that nobody knows in a gap", () => {
    const state = series({ type: "string", mean: [], before: "closed", ms: [200], last: ["open"] });
    const gap = { start: 100, end: 300, why: "not-heard" as const };
    expect(bandOf(state, [gap], { fromMs: 0, toMs: 400 })).toEqual([
      { fromMs: 0, toMs: 100, value: "closed" },
      { fromMs: 100, toMs: 200, value: undefined },
      { fromMs: 200, toMs: 300, value: undefined },
      { fromMs: 300, toMs: 400, value: "open" },
    ]);
  });
});

describe("a panel", () => {
  it("has the numbers of one unit, no states", () => {
    const all = [series(), series({ property: "power", unit: "kW" }), series({ property: "angle" }), series({ property: "state", type: "string", mean: [] })];
    expect(panelsOf(all).map((panel) => panel.map(({ property }) => property))).toEqual([["position", "angle"], ["power"]]);
  });

  it("has lines that differ in form", () => {
    const forms = Array.from({ length: 8 }, (_, at) => JSON.stringify(formOf(at)));
    expect(new Set(forms).size).toBe(8);
  });
});

describe("a search", () => {
  const offers = [
    { key: "b", device: "门 10", property: "状态", said: "door" },
    { key: "a", device: "门 9", property: "状态", said: "door" },
    { key: "c", device: "东门", property: "闸杆位置", said: "gate position" },
  ];
  it("finds by every word, in any order", () => {
    expect(found(offers, "position 东门").map(({ key }) => key)).toEqual(["c"]);
    expect(found(offers, " DOOR ").map(({ key }) => key)).toEqual(["a", "b"]);
    expect(found(offers, "nothing")).toEqual([]);
  });
});
