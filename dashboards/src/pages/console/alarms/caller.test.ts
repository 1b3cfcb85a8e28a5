import { describe, expect, it } from "vitest";
import { alarm } from "@/live/samples";
import { callerOf } from "./caller";

function of(type: string, data: Record<string, unknown>, kind = "gate") {
  return callerOf(alarm("a", { kind, data: { event: { type, data } } }));
}

describe("the vehicle that an alarm is about", () => {
  it("waits for a guard if nothing lets it in", () => {
    const said = { plate: "京A66666", decision: "refused", reason: "unknown", direction: "in", colour: "blue" };
    expect(of("hemei.gate.plate-recognised", said)).toEqual({
      plate: "京A66666",
      colour: "blue",
      direction: "in",
      reason: "unknown",
      sort: "unknown",
    });
  });

  it("may have no plate that was read", () => {
    const said = { plate: "", decision: "refused", reason: "no-plate" };
    expect(of("hemei.gate.plate-recognised", said)).toMatchObject({ plate: "", sort: "unknown" });
  });

  it("must not come in if it is blocked", () => {
    const said = { plate: "苏E1", decision: "refused", reason: "blocked" };
    expect(of("hemei.gate.blocked-plate", said)?.sort).toBe("blocked");
    expect(of("hemei.gate.plate-recognised", said)?.sort).toBe("blocked");
  });

  it("may have passed already", () => {
    expect(of("hemei.gate.tailgated", { plate: "苏E1" })).toMatchObject({ sort: "passed", reason: null });
    expect(of("hemei.gate.plate-recognised", { plate: "苏E1", decision: "admitted", reason: "listed" })?.sort).toBe("passed");
  });

  it.each([
    ["hemei.gate.faulted", { fault: "boom-broken" }, "gate"],
    ["hemei.gate.blocked-plate", { plate: "苏E1" }, "door"],
  ])("is nobody for %s of a %3$s", (type, data, kind) => {
    expect(of(type, data, kind)).toBeNull();
  });

  it("is nobody where no event raised it", () => {
    expect(callerOf(alarm("a", { kind: "gate", data: { event: 7 } }))).toBeNull();
  });
});
