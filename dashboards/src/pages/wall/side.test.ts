import { describe, expect, it } from "vitest";
import { arrange } from "./seams";
import { sideFor } from "./side";

const PICTURE = { width: 120, height: 67.5 };
const panes = (height: number, columns = 1, rows = 1) =>
  arrange({ width: 120, height, top: 67.5 - height - 4 }, PICTURE, { columns, rows }).side;

describe("beside the devices", () => {
  it.each([60, 52, 48, 44])("at least twenty alarms are seen at once in a room of %d rem", (height) => {
    for (const count of [20, 25, 400]) expect(sideFor(panes(height), count, 3.5, true).panel.shown).toBeGreaterThanOrEqual(20);
  });

  it("few alarms leave room for what needs a person and for the plan", () => {
    const { planHeight, cards } = sideFor(panes(52), 2, 3.5, false);
    expect(planHeight).toBeGreaterThan(15);
    expect(cards).toBeGreaterThanOrEqual(2);
  });

  it("many alarms leave room for both side by side", () => {
    const { beside, planHeight, planWidth, cards } = sideFor(panes(48), 25, 3.5, false);
    expect(beside).toBe(true);
    expect(cards).toBeGreaterThanOrEqual(1);
    expect(Math.min(planHeight, planWidth)).toBeGreaterThan(9);
  });

  it.each([20, 14, 10])("a low room of %d rem is the alarms' alone", (height) => {
    const { planHeight, cards, panel } = sideFor(panes(height), 12, 3.5, false);
    expect([planHeight, cards ?? 0]).toEqual([0, 0]);
    expect(panel.shown).toBeGreaterThanOrEqual(1);
  });

  it.each([
    [1, 1, 0, 0],
    [2, 2, 1, 1],
    [3, 1, 0, 0],
    [2, 3, 1, 2],
  ])("on %d × %d panels cards stand in pane %d, the plan in pane %d", (columns, rows, attentionAt, planAt) => {
    expect(sideFor(panes(56, columns, rows), 5, 3.5, false)).toMatchObject({ attentionAt, planAt });
  });

  it.each([0, 3, 25])("with %d alarms all of it fits", (alarms) => {
    for (const height of [60, 52, 44]) {
      const [pane] = panes(height);
      const { panel, planHeight, beside } = sideFor(panes(height), alarms, 3.5, false);
      const high = 1.75 + 1.75 + (alarms === 0 ? 0 : panel.height) + 1 + planHeight + (beside ? 0 : 2 + 2);
      expect(high).toBeLessThanOrEqual((pane?.height ?? 0) + 1e-9);
    }
  });
});
