import { describe, expect, it } from "vitest";
import type { AlarmView } from "./alarms";
import { casesOf, foldedUnder } from "./cases";
import { alarm } from "./samples";

const of = (...alarms: AlarmView[]) => casesOf(new Map(alarms.map((each) => [each.id, each])));
const folded = { suppression: "suppressed-by-design" } as const;

describe("the list of alarms", () => {
  it("folds what a cause explains under that cause", () => {
    const { listed, calling } = of(
      alarm("gate", { ...folded, parent: "power" }),
      alarm("power", { priority: "high", children: 12 }),
      alarm("door", { ...folded, parent: "power" }),
      alarm("smoke"),
    );
    expect(listed.map((each) => each.alarm.id)).toEqual(["smoke", "power"]);
    expect(listed[1]?.children.map(({ id }) => id)).toEqual(["door", "gate"]);
    expect(listed.map(foldedUnder)).toEqual([0, 12]);
    expect(calling).toBe(2);
  });

  it("folds through several causes to the one that stands in the list", () => {
    const { listed } = of(
      alarm("camera", { ...folded, parent: "switch" }),
      alarm("switch", { ...folded, parent: "power" }),
      alarm("power"),
    );
    expect(listed).toHaveLength(1);
    expect(listed[0]?.children.map(({ id }) => id)).toEqual(["camera", "switch"]);
  });

  it.each([
    ["is closed", []],
    ["is shelved", [alarm("power", { suppression: "shelved" })]],
    ["is folded in a ring", [alarm("power", { ...folded, parent: "gate" })]],
    ["is folded under itself", [alarm("power", { ...folded, parent: "power" })]],
  ])("shows an alarm itself whose cause %s", (_, others) => {
    const shown = of(alarm("gate", { ...folded, parent: "power" }), ...others).listed;
    const ids = shown.flatMap((each) => [each.alarm.id, ...each.children.map(({ id }) => id)]);
    expect(ids).toContain("gate");
  });

  it("leaves out what is hidden from its raise on and has no cause: the canary", () => {
    expect(of(alarm("canary", folded))).toEqual({ listed: [], shelved: [], outOfService: [], calling: 0 });
  });

  it("loses none, and sets aside only what is shelved or out of service", () => {
    const seen = of(
      alarm("a", { suppression: "shelved" }),
      alarm("b", { suppression: "out-of-service" }),
      alarm("c", { state: "acknowledged" }),
      alarm("d", { suppression: "hushed" }),
    );
    expect(seen.shelved.map(({ id }) => id)).toEqual(["a"]);
    expect(seen.outOfService.map(({ id }) => id)).toEqual(["b"]);
    expect(seen.listed.map((each) => each.alarm.id)).toEqual(["d", "c"]);
    expect(seen.calling).toBe(1);
  });
});
