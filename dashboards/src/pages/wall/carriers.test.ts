import { describe, expect, it } from "vitest";
import { device, property } from "@/live/samples";
import { isHostWell, isProcessWell } from "./carriers";

const CLEAR = { cutOffSinceMs: null, link: "online", linkSinceMs: null, driver: null } as const;
const NOW = Date.parse("2026-01-02T00:00:00Z");
const host = (properties = {}, changed = {}) => device("gates", { kind: "driver", properties, ...changed });
const counts = (said: Record<string, number>) =>
  Object.fromEntries(Object.entries({ devices: 12, "devices-ready": 12, ...said }).map(([name, value]) => [name, property(value)]));

describe("a driver host is only counted", () => {
  it.each([{}, { "outbox-waiting": 40, "events-resent": 3 }])("with %j", (said) => {
    expect(isHostWell(host(counts(said)), CLEAR)).toBe(true);
  });

  it.each([{ "devices-ready": 11 }, { "events-refused": 1 }, { "publishes-denied": 1 }, { "outbox-waiting": 1001 }])(
    "but named with %j",
    (said) => {
      expect(isHostWell(host(counts(said)), CLEAR)).toBe(false);
    },
  );

  it("but named when it is not heard, or events of it were missed", () => {
    expect(isHostWell(host(counts({}), { connectivity: "driver-offline" }), CLEAR)).toBe(false);
    expect(isHostWell(host(counts({}), { events_missed: 2 }), CLEAR)).toBe(false);
    expect(isHostWell(host(counts({})), { ...CLEAR, cutOffSinceMs: NOW })).toBe(false);
  });
});

describe("a process is only counted", () => {
  const process = { name: "hub", restarts: 0, since: "2026-01-01T00:00:00Z" };

  it("while it runs and has run all the time", () => {
    expect(isProcessWell(process, false, NOW)).toBe(true);
    expect(isProcessWell(process, true, NOW)).toBe(false);
    expect(isProcessWell({ ...process, restarts: 1 }, false, NOW)).toBe(false);
    expect(isProcessWell({ ...process, state: "stopped" }, false, NOW)).toBe(false);
  });
});
