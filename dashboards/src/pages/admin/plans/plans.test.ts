import { describe, expect, it } from "vitest";
import { byBuilding, byPlan, placeOf } from "@/live/plans";
import { device } from "@/live/samples";
import type { Plan, Site } from "@/live/protocol";
import { standing } from "../../wall/on-plan";
import { KEPT, LONG_STEP, STEP, inside, stepped, stillThere, withMove } from "./moves";

const plan = (id: string, changed: Partial<Plan> = {}): Plan => ({
  id,
  title: { "zh-CN": id },
  building: null,
  floor: null,
  picture: null,
  width: null,
  height: null,
  ...changed,
});
const KEY = "hemei/gate/in";
const site = (placements: Site["placements"] = {}): Site => ({
  id: "hemei",
  title: {},
  plans: [plan("site"), plan("b1")],
  placements,
});
const nowhere = device("out", { location: null });

describe("a device stands", () => {
  it("where people placed it, else where it says itself, else nowhere", () => {
    expect(placeOf(device("in"), site({ [KEY]: ["b1", 0.1, 0.2] }))).toEqual({ plan: "b1", x: 0.1, y: 0.2 });
    expect(placeOf(device("in"), site())).toEqual({ plan: "site", x: 0.8, y: 0.4 });
    expect(placeOf(device("in"), site({ [KEY]: ["gone", 0.1, 0.2] }))?.plan).toBe("site");
    expect(placeOf(nowhere, site())).toBe(null);
  });

  it("on one plan, and driver hosts on none", () => {
    const found = byPlan([device("in"), nowhere, device("gates", { kind: "driver" })], site({ [KEY]: ["b1", 0, 0] }));
    expect([...found].map(([id, all]) => [id, all.map((each) => each.device)])).toEqual([["b1", ["in"]], [null, ["out"]]]);
  });

  it("as the same object while it and its place are the same", () => {
    const [one, other] = [device("in"), device("other")];
    const before = standing([one, other], site());
    const after = standing([one, device("other", { version: 2 })], site(), before);
    expect(after.get(KEY)).toBe(before.get(KEY));
    expect(after.get("hemei/gate/other")).not.toBe(before.get("hemei/gate/other"));
    expect(standing([one], site({ [KEY]: ["b1", 0, 0] }), before).get(KEY)).not.toBe(before.get(KEY));
  });
});

it("plans stand under their buildings", () => {
  const garage = { "zh-CN": "车库" };
  const plans = [plan("site"), plan("b1", { building: garage }), plan("roof"), plan("b2", { building: { ...garage } })];
  expect(byBuilding(plans).map((each) => each.plans.map(({ id }) => id))).toEqual([["site", "roof"], ["b1", "b2"]]);
});

describe("moves", () => {
  const move = { key: KEY, from: null, to: { plan: "b1", x: 0.1, y: 0.2 } };

  it("by arrow keys stay on the plan", () => {
    expect(stepped({ plan: "b1", x: 0.5, y: 0.5 }, "ArrowLeft", false)).toEqual({ plan: "b1", x: 0.5 - STEP, y: 0.5 });
    expect(stepped({ plan: "b1", x: 0.5, y: 0.999 }, "ArrowDown", true)?.y).toBe(1);
    expect(stepped({ plan: "b1", x: 0, y: 0 }, "ArrowRight", true)?.x).toBe(LONG_STEP);
    expect(stepped({ plan: "b1", x: 0, y: 0 }, "Enter", true)).toBe(null);
    expect(inside(-1)).toBe(0);
  });

  it("can be taken back until somebody else moves the device", () => {
    expect(stillThere(move, site({ [KEY]: ["b1", 0.10001, 0.2] }))).toBe(true);
    expect(stillThere(move, site({ [KEY]: ["b1", 0.2, 0.2] }))).toBe(false);
    expect(stillThere(move, site())).toBe(false);
    expect(stillThere({ ...move, to: null }, site())).toBe(true);
  });

  it("are kept to a number", () => {
    const many = Array.from({ length: KEPT + 5 }).reduce<readonly (typeof move)[]>((all) => withMove(all, move) as never, []);
    expect(many.length).toBe(KEPT);
  });
});
