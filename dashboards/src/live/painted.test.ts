import { describe, expect, it } from "vitest";
import { Painted, paintedMessage } from "./painted";
import { alarm } from "./samples";

const of = (...ids: string[]) => new Map(ids.map((id) => [id, alarm(id)]));

describe("what was painted", () => {
  it("is told once for each alarm", () => {
    const painted = new Painted();
    expect(painted.take(of("a", "b"))).toEqual(["a", "b"]);
    expect(painted.take(of("a", "b", "c"))).toEqual(["c"]);
    expect(painted.take(of("c"))).toEqual([]);
    expect(painted.take(of("a", "c"))).toEqual(["a"]);
  });

  it("is told in the hub's words", () => {
    expect(JSON.parse(paintedMessage(["a"]))).toEqual({ type: "painted", alarms: ["a"] });
  });
});
