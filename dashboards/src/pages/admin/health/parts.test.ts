import { describe, expect, it } from "vitest";
import type { Part } from "@/live/health";
import { bytes, figuresOf, groupsOf, problemsOf, sayText, stateOf } from "./parts";

function part(group: string, id: string, state: string, figures: Part["figures"] = {}): Part {
  return { group, id, state, says: "", title: {}, figures, since: null };
}

describe("parts", () => {
  it("shows the graver first, and what is not known among the problems", () => {
    const parts = [part("rules", "a", "normal"), part("hosts", "b", "unknown"), part("link", "c", "fault"), part("backup", "d", "off")];
    expect(problemsOf(parts).map(({ id }) => id)).toEqual(["c", "b"]);
    expect(stateOf(part("x", "y", "marvellous"))).toBe("unknown");
  });

  it("groups in the page's order, each as its worst part", () => {
    const parts = [part("rules", "a", "normal"), part("processes", "b", "normal"), part("rules", "c", "attention"), part("new", "d", "normal")];
    expect(groupsOf(parts).map(({ group, state }) => [group, state])).toEqual([
      ["processes", "normal"],
      ["rules", "attention"],
      ["new", "normal"],
    ]);
  });

  it("writes figures with their units, and leaves out what is not known", () => {
    const found = figuresOf(part("storage", "disk", "normal", { free_bytes: 12_345_678_901, free_percent: 40, days: null, waiting: 3 }));
    expect(found).toEqual([
      { name: "free_bytes", value: 12.3, unit: "GB" },
      { name: "free_percent", value: 40, unit: "%" },
      { name: "waiting", value: 3, unit: null },
    ]);
    expect(bytes(-2_000_000)).toEqual({ value: -2, unit: "MB" });
    expect(sayText("Cannot connect to 10.0.0.1:9", "en")).toBe("Cannot connect to 10.0.0.1:9");
    expect(sayText("2026-12-24T01:02:03.004Z", "en")).toMatch(/24.*2026|2026.*24/);
    expect(bytes(0)).toEqual({ value: 0, unit: "B" });
  });
});
