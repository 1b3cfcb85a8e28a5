import { describe, expect, it } from "vitest";
import { device } from "@/live/samples";
import { byArea } from "./areas";

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

  it("stand in the order of their numbers", () => {
    const numbered = byArea([at("a", "ramp-10"), at("b", "ramp-9"), at("c2", "ramp-9"), at("c10", "ramp-9")]);
    expect(numbered.map(({ id }) => id)).toEqual(["ramp-9", "ramp-10"]);
    expect(numbered[0]?.devices.map(({ device }) => device)).toEqual(["b", "c2", "c10"]);
  });

  it("hold no driver hosts", () => {
    expect(byArea([device("gates", { kind: "driver" })])).toEqual([]);
  });
});
