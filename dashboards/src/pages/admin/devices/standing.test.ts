import { describe, expect, it } from "vitest";
import type { DeviceRow } from "@/live/commissioning";
import { instructionOf, reachLook, sorted, stepsOf } from "./standing";

const row = (device: string, standing: DeviceRow["standing"], test: string | null = null): DeviceRow => ({
  device,
  kind: "door",
  title: {},
  found: "",
  gone: null,
  area: null,
  placed: false,
  product: null,
  driver: null,
  firmware: null,
  connectivity: null,
  clock_offset_s: null,
  alarms: 0,
  standing,
  proof: null,
  test,
});
const alarm = { id: "a", title: {}, counted: false, trace: {} };
const event = { type: "t", time: "", received: "", late_s: 0.1 };

describe("commissioning", () => {
  it("lists what wants work first, and what is being tested above all", () => {
    const devices = [row("a", "proven"), row("b", "never"), row("c", "gone"), row("d", "proven", "test"), row("e", "old")];
    expect(sorted(devices).map(({ device }) => device)).toEqual(["d", "b", "e", "a", "c"]);
  });

  it("never calls online what is not known", () => {
    expect(reachLook("online").tone).toBe("normal");
    expect(reachLook(null).tone).toBe("unknown");
    expect(reachLook("driver-offline").tone).toBe("stale");
  });

  it("knows what to do at each kind, and says something of any other", () => {
    expect(instructionOf("gate")).toBe("gate");
    expect(instructionOf("lift")).toBe("other");
  });

  it("follows an alarm hop by hop", () => {
    const nothing = { event: null, alarm: null, proof: null };
    expect(stepsOf(nothing)).toEqual({ event: "waiting", rule: "waiting", screen: "waiting", proof: "waiting" });
    expect(stepsOf({ ...nothing, event }).rule).toBe("waiting");
    expect(stepsOf({ ...nothing, event, alarm }).screen).toBe("waiting");
    expect(stepsOf({ ...nothing, event, alarm: { ...alarm, trace: { painted: "2026" } } }).screen).toBe("done");
  });

  it("says why a proof will not come", () => {
    expect(stepsOf({ event, alarm: { ...alarm, counted: true }, proof: null }).screen).toBe("counted");
    expect(stepsOf({ event: { ...event, late_s: 600 }, alarm, proof: null }).proof).toBe("late");
  });
});
