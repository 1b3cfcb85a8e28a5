import { describe, expect, it } from "vitest";
import { CONNECTIVITIES } from "@/live/protocol";
import { device, property } from "@/live/samples";
import { freshnessOf, lastHeard, notLiveSince } from "./freshness";
import type { Path } from "./freshness";

const clear: Path = { cutOffSinceMs: null, link: "online", linkSinceMs: null, driver: null };
const at = (time: string): number => Date.parse(`2026-01-01T${time}Z`);
const gone = (time: string) => ({ status: "lost", ts: `2026-01-01T${time}Z`, reason: null });

describe("freshness", () => {
  it("is live only for a device that is online with nothing stale", () => {
    expect(freshnessOf(device("x"), clear)).toBe("live");
    const old = device("x", { properties: { state: property("open"), cycles: property(3, { stale: true }) } });
    expect(freshnessOf(old, clear)).toBe("outdated");
  });

  it.each(CONNECTIVITIES.filter((connectivity) => connectivity !== "online"))("follows %s", (connectivity) => {
    expect(freshnessOf(device("x", { connectivity }), clear)).toBe(connectivity);
  });

  it("is unknown for a word of a newer hub", () => {
    expect(freshnessOf(device("x", { connectivity: "roaming" as never }), clear)).toBe("unknown");
  });

  it("names the break nearest to the viewer", () => {
    const offline = device("x", { connectivity: "device-offline" });
    expect(freshnessOf(offline, { ...clear, link: "offline" })).toBe("link-offline");
    expect(freshnessOf(offline, { ...clear, link: "offline", cutOffSinceMs: 1 })).toBe("cut-off");
  });
});

describe("not live since", () => {
  it("is when the driver lost the device, else when it was last heard", () => {
    const lost = device("x", { availability: gone("00:05:00") });
    expect(notLiveSince(lost, "device-offline", clear)).toBe(at("00:05:00"));
    expect(notLiveSince(device("x"), "device-offline", clear)).toBe(at("00:00:00"));
  });

  it("is when the driver host went, if that is what broke", () => {
    const driver = device("gates", { kind: "driver", availability: gone("00:07:00") });
    expect(notLiveSince(device("x"), "driver-offline", { ...clear, driver })).toBe(at("00:07:00"));
  });

  it("is never before the host was last heard: it wrote its will when it connected", () => {
    const heard = { devices: property(6, { ts: "2026-01-01T00:09:00.000Z" }) };
    const driver = device("gates", { kind: "driver", availability: gone("00:07:00"), properties: heard });
    expect(notLiveSince(driver, "driver-offline", clear)).toBe(at("00:09:00"));
    expect(notLiveSince(device("x"), "driver-offline", { ...clear, driver })).toBe(at("00:09:00"));
    const later = device("x", { properties: { state: property("open", { ts: "2026-01-01T00:09:03.000Z" }) } });
    expect(notLiveSince(later, "driver-offline", { ...clear, driver })).toBe(at("00:09:03"));
  });

  it("is when the link or this screen lost the path", () => {
    expect(notLiveSince(device("x"), "link-offline", { ...clear, linkSinceMs: 5 })).toBe(5);
    expect(notLiveSince(device("x"), "cut-off", { ...clear, cutOffSinceMs: 6 })).toBe(6);
    expect(notLiveSince(device("x"), "live", clear)).toBeNull();
  });

  it("is not known of a device that never spoke", () => {
    expect(notLiveSince(device("x", { properties: {} }), "unknown", clear)).toBeNull();
  });

  it("counts the state, not measurements that came later", () => {
    const later = property(1, { ts: "2026-01-01T09:00:00.000Z" });
    expect(lastHeard(device("x", { properties: { state: property("open"), cycles: later } }))).toBe(at("00:00:00"));
    expect(lastHeard(device("x", { properties: { cycles: later } }))).toBe(at("09:00:00"));
  });
});
