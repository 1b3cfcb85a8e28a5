import { describe, expect, it } from "vitest";
import { factsOf } from "./facts";

const shown = (data: Record<string, unknown>) => factsOf(data).map(({ name, said, unit, is }) => [name, said, unit, is]);

describe("what an alarm carries", () => {
  it("is the event, its data, and the values that were looked at with their units", () => {
    const ts = "2026-01-01T00:00:00.000Z";
    const data = {
      connectivity: "online",
      values: { temperature: { value: 71.5, unit: "°C", ts }, alarm: { value: true, ts } },
      event: { id: "x", type: "hemei.sensor.smoke-detected", time: ts, seq: 7, data: { density: 12, media: ["aa"] } },
    };
    expect(shown(data)).toEqual([
      ["event", "hemei.sensor.smoke-detected", null, "event"],
      ["density", 12, null, "value"],
      ["temperature", 71.5, "°C", "value"],
      ["alarm", true, null, "value"],
    ]);
  });

  it("is what is wrong with the way to it", () => {
    expect(shown({ connectivity: "device-offline", missed: { new: 3, total: 9 } })).toEqual([
      ["connectivity", "device-offline", null, "connectivity"],
      ["missed", 3, null, "value"],
    ]);
  });

  it("is what was told to do, with its input", () => {
    expect(shown({ input: { active: true }, action: "fire-release" })).toEqual([
      ["action", "fire-release", null, "value"],
      ["active", true, null, "value"],
    ]);
  });

  it("names no kind of order: the order beside does, in the site's words", () => {
    const order = { order: "o-1", number: 7, kind: "equipment", what: "reported" };
    expect(shown(order).map(([name]) => name)).toEqual(["number", "what"]);
    expect(shown({ kind: "car" })).toEqual([["kind", "car", null, "value"]]);
  });

  it("is whatever else stands there, times as times, nothing for machines alone", () => {
    const said = { action_id: "f", reason: "", until: "2026-01-01T00:30:00.000Z", made_ms: 5, input: {}, odd: { a: 1 }, event: 7, order: "0c" };
    expect(shown(said)).toEqual([
      ["until", Date.parse("2026-01-01T00:30:00.000Z"), null, "time"],
      ["made", 5, null, "time"],
      ["odd", { a: 1 }, null, "value"],
    ]);
    expect(shown({})).toEqual([]);
  });
});
