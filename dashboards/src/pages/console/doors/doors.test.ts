import { describe, expect, it } from "vitest";
import { device, property } from "@/live/samples";
import type { Scalar } from "@/live/protocol";
import type { Level } from "@/live/register";
import { fireOf, heldBy, levelsAt, modeOf } from "./doors";

function door(said: Record<string, Scalar>) {
  const properties = Object.fromEntries(Object.entries(said).map(([name, value]) => [name, property(value)]));
  return device("lobby", { kind: "door", properties });
}

describe("a door", () => {
  it("is released by fire as it says so, and was so when it is not live", () => {
    expect(fireOf(door({ fire: true }), true)).toBe("on");
    expect(fireOf(door({ fire: false, mode: "fire" }), true)).toBe("on");
    expect(fireOf(door({ fire: true }), false)).toBe("was");
    expect(fireOf(door({ fire: false, mode: "normal" }), true)).toBeNull();
    const stale = device("lobby", { kind: "door", properties: { fire: property(true, { stale: true }) } });
    expect(fireOf(stale, true)).toBe("was");
  });

  it("says its mode and how much it knows, if it can be relied on", () => {
    expect(modeOf(door({ mode: "held-unlocked" }))).toBe("held-unlocked");
    expect(modeOf(door({}))).toBeNull();
    expect(heldBy(door({ credentials: 12 }))).toBe(12);
    expect(heldBy(door({ "people-held": 3 }))).toBe(3);
    expect(heldBy(door({}))).toBeNull();
  });

  it("is opened by levels that name it, all doors, or everything", () => {
    const level = (key: string, ...places: string[]) => ({ key, places }) as unknown as Level;
    const levels = [level("all", "*"), level("doors", "door/*"), level("own", "door/lobby"), level("gates", "gate/*")];
    expect(levelsAt(levels, door({})).map(({ key }) => key)).toEqual(["all", "doors", "own"]);
  });
});
