import { describe, expect, it } from "vitest";
import type { ChartLook } from "@/components/chart-look";
import type { HourOfDay, WallFigures } from "@/live/figures";
import type { Device, Scalar } from "@/live/protocol";
import type { Path } from "@/look/freshness";
import { hoursOption, passesBefore, passesOf, zonesOption } from "./charts";
import { charging, doorCounts, readiness } from "./counts";
import { standingOf, worse } from "./standing";
import { weekdayOf } from "./weekday";

const PATH: Path = { cutOffSinceMs: null, link: "online", linkSinceMs: null, driver: null };
const pathTo = (): Path => PATH;
const TS = "2026-11-24T00:00:00.000Z";
const LOOK: ChartLook = {
  text: "#111",
  quiet: "#222",
  line: "#333",
  raised: "#444",
  moving: "#555",
  attention: "#666",
  alarm: "#777",
  font: "sans",
  rem: 32,
};

function device(kind: string, said: Record<string, Scalar>, connectivity: Device["connectivity"] = "online"): Device {
  const property = (value: Scalar) => ({ value, unit: null, quality: "good" as const, ts: TS, stale: false });
  return {
    site: "hemei",
    kind,
    device: "one",
    tenant: "default",
    title: {},
    model: null,
    driver: null,
    location: null,
    availability: { status: "ready", ts: null, reason: null },
    connectivity,
    properties: Object.fromEntries(Object.entries(said).map(([name, value]) => [name, property(value)])),
    actions: [],
    events_missed: 0,
    boots: 1,
    last_event: null,
    version: 1,
  };
}

describe("doors", () => {
  const doors = [
    device("door", { state: "closed", mode: "normal" }),
    device("door", { state: "open", mode: "fire" }),
    device("door", { state: "forced", mode: "normal" }),
    device("door", { state: "open", mode: "normal" }, "device-offline"),
  ];

  it("are counted as far as they are heard", () => {
    const counts = Object.fromEntries(doorCounts(doors, pathTo).map(({ key, count }) => [key, count]));
    expect(counts).toEqual({ open: 1, held: 0, forced: 1, released: 1, unknown: 1 });
  });

  it("have colour only where something is not as it should be", () => {
    const tones = Object.fromEntries(doorCounts(doors, pathTo).map(({ key, tone }) => [key, tone]));
    expect(tones).toMatchObject({ open: "normal", held: "normal", forced: "alarm", released: "attention" });
  });

  it("that are kept unlocked are told of where there are any", () => {
    const kept = doorCounts([device("door", { state: "unlocked", mode: "held-unlocked" })], pathTo);
    expect(kept.at(-1)).toEqual({ key: "unlocked", count: 1, tone: "attention" });
  });
});

describe("chargers", () => {
  it("draw the power of those that are heard", () => {
    const connectors = [
      device("charger", { state: "charging", power: 6800 }),
      device("charger", { state: "suspended-ev", power: 0 }),
      device("charger", { state: "available", power: null }),
      device("charger", { state: "charging", power: 7000 }, "driver-offline"),
    ];
    expect(charging(connectors, pathTo)).toEqual({ total: 4, inUse: 2, powerW: 6800, unknown: 1 });
  });
});

describe("devices that are not ready", () => {
  it("are counted by why, without the driver hosts", () => {
    const devices = [
      device("gate", { state: "closed" }),
      device("gate", {}, "device-offline"),
      device("gate", {}, "device-offline"),
      device("gate", {}, "unknown"),
      device("driver", {}, "driver-offline"),
    ];
    expect(readiness(devices, pathTo)).toEqual({
      total: 4,
      notReady: 3,
      reasons: [
        { reason: "device-offline", count: 2 },
        { reason: "unknown", count: 1 },
      ],
    });
  });

  it("stay as they were when this screen was cut off", () => {
    const cut = (): Path => ({ ...PATH, cutOffSinceMs: 1 });
    expect(readiness([device("gate", { state: "closed" })], cut).notReady).toBe(0);
  });
});

describe("a figure of the hub", () => {
  const nowMs = Date.parse(TS);
  const water = { as_of: TS, day: "2026-11-24", litres: 1, unknown: 0, zones: [] };
  const figures: WallFigures = { passes: null, energy: null, water, failed: ["passes"] };

  it("is live for a while after it was counted, if this screen hears the hub", () => {
    expect(standingOf("water", { figures, answered: true }, true, nowMs + 30_000)).toBe("live");
    expect(standingOf("water", { figures, answered: true }, true, nowMs + 46_000)).toBe("stale");
    expect(standingOf("water", { figures, answered: true }, false, nowMs)).toBe("stale");
    expect(standingOf("water", { figures, answered: false }, true, nowMs)).toBe("stale");
  });

  it("that could not be counted is not there", () => {
    expect(standingOf("passes", { figures, answered: true }, true, nowMs)).toBe("failed");
    expect(standingOf("water", { figures: null, answered: false }, true, nowMs)).toBe("failed");
    expect(standingOf("water", { figures: null, answered: true }, true, nowMs)).toBe("waiting");
  });

  it("that is made of two is as the worse of them", () => {
    expect(worse("live", "stale")).toBe("stale");
    expect(worse("failed", "live")).toBe("failed");
    expect(worse("live", "live")).toBe("live");
  });
});

describe("charts", () => {
  const hours: readonly HourOfDay[] = [
    { hour: 0, in: 3, out: 2, in_before: 1, out_before: 9 },
    { hour: 1, in: null, out: null, in_before: 4, out_before: 0 },
  ];

  it("leave an hour empty that has not begun", () => {
    expect(hours.map(passesOf)).toEqual([5, null]);
    expect(hours.map(passesBefore)).toEqual([10, 4]);
  });

  it("draw both days on one scale, in letters as large as the wall's", () => {
    const option = hoursOption(hours, ["today", "last Mon"])(LOOK);
    expect(option.yAxis).toMatchObject({ max: 10, show: false });
    expect(option.series).toMatchObject([
      { name: "today", type: "bar", data: [5, null], itemStyle: { color: LOOK.quiet } },
      { name: "last Mon", type: "line", data: [10, 4], lineStyle: { width: 2 } },
    ]);
  });

  it("draw a bar for each zone that is known", () => {
    const option = zonesOption([{ name: "Lawn", litres: 12 }, { name: "Pond", litres: null }])(LOOK);
    expect(option).toMatchObject({ xAxis: { data: ["Lawn", "Pond"] }, series: [{ data: [12, null] }] });
  });

  it("name the weekday of a calendar day, wherever this screen stands", () => {
    expect(weekdayOf("2026-11-23", "en")).toBe("Mon");
    expect(weekdayOf("2026-11-23", "zh-CN")).toBe("周一");
    expect(weekdayOf("", "en")).toBe("");
  });
});
