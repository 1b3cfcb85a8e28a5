import { describe, expect, it } from "vitest";
import { trialOption, trialTable } from "./trial-chart";
import { LEAST, WHOLE, isWhole, keyed, moved, scaled } from "./zoom";

describe("a part of a chart", () => {
  it("is nearer or farther, about the same middle, within the whole", () => {
    expect(scaled(WHOLE, 0.5)).toEqual({ start: 25, end: 75 });
    expect(scaled({ start: 0, end: 20 }, 2)).toEqual({ start: 0, end: 40 });
    expect(scaled({ start: 25, end: 75 }, 4)).toEqual(WHOLE);
    const { start, end } = scaled({ start: 50, end: 51 }, 0.1);
    expect(end - start).toBe(LEAST);
  });

  it("moves as far as there is something", () => {
    expect(moved({ start: 20, end: 60 }, 0.25)).toEqual({ start: 30, end: 70 });
    expect(moved({ start: 90, end: 100 }, 1)).toEqual({ start: 90, end: 100 });
    expect(moved({ start: 5, end: 15 }, -1)).toEqual({ start: 0, end: 10 });
  });

  it("is what keys make of it; other keys are for something else", () => {
    const near = keyed(WHOLE, "+") ?? WHOLE;
    expect(isWhole(near)).toBe(false);
    expect(keyed(near, "ArrowRight")).toEqual({ start: 37.5, end: 87.5 });
    expect(keyed(near, "-")).toEqual(WHOLE);
    expect(keyed(near, "0")).toEqual(WHOLE);
    expect(keyed(near, "a")).toBeNull();
  });
});

describe("the chart of a trial", () => {
  const rows = [
    { name: "in force", bins: [0, 2, 0], tried: false },
    { name: "tried", bins: [0, 1, 3], tried: true },
  ];
  const look = { text: "", quiet: "q", line: "", raised: "", moving: "m", attention: "", alarm: "", font: "", rem: 16 };

  it("zooms both rows together, to the same height", () => {
    const { dataZoom, yAxis } = trialOption(rows, ["a", "b", "c"], { start: 10, end: 60 }, look);
    expect(dataZoom).toMatchObject([{ xAxisIndex: [0, 1], start: 10, end: 60 }]);
    expect(yAxis).toMatchObject([{ max: 3 }, { max: 3 }]);
  });

  it("is read as a table of when there was something", () => {
    expect(trialTable(rows, ["a", "b", "c"], "From")).toEqual({
      columns: ["From", "in force", "tried"],
      rows: [["b", 2, 1], ["c", 0, 3]],
    });
  });
});
