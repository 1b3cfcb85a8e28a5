import { describe, expect, it } from "vitest";
import { device } from "@/live/samples";
import { byArea, columnsFor } from "./areas";

const at = (id: string, area: string | null) =>
  device(id, { location: area === null ? null : { area, floor: 0, x: null, y: null } });

describe("areas", () => {
  it("stand in one order whatever the order of arrival, nameless ones last", () => {
    const devices = [at("d", null), at("c", "west"), at("b", "east"), at("a", "west")];
    const shown = (list: typeof devices) =>
      byArea(list).map(({ id, devices: members }) => [id, members.map((member) => member.device)]);
    expect(shown(devices)).toEqual([
      ["east", ["b"]],
      ["west", ["a", "c"]],
      [null, ["d"]],
    ]);
    expect(shown([...devices].reverse())).toEqual(shown(devices));
  });

  it("hold no driver hosts", () => {
    expect(byArea([device("gates", { kind: "driver" })])).toEqual([]);
  });

  it("get cards as large as the screen lets them have", () => {
    const wall = (counts: number[]): number => columnsFor(counts, 118, 52);
    expect(wall([2, 2])).toBe(4);
    expect(wall([2, 2, 2])).toBe(4);
    expect(wall([6, 6, 4])).toBe(6);
    expect(wall([200])).toBe(6);
  });

  it("stand below one another on a phone", () => {
    expect(columnsFor([2, 2, 2], 22, 40)).toBe(1);
  });
});
