import { createSSRApp, ref } from "vue";
import { renderToString } from "vue/server-renderer";
import { describe, expect, it } from "vitest";
import { makeI18n } from "@/i18n";
import type { Language } from "@/i18n/language";
import { PICTURE } from "@/live/picture";
import type { Device } from "@/live/protocol";
import { device, property } from "@/live/samples";
import type { Path } from "@/look/freshness";
import DeviceCard from "./DeviceCard.vue";

const clear: Path = { cutOffSinceMs: null, link: "online", linkSinceMs: null, driver: null };
const now = Date.parse("2026-01-01T00:00:05.000Z");

async function shown(of: Device, path: Path = clear, language: Language = "en"): Promise<string> {
  const app = createSSRApp(DeviceCard, { device: of });
  app.use(makeI18n(language));
  app.provide(PICTURE, { nowMs: ref(now), pathTo: () => path });
  return await renderToString(app);
}

const textOf = (html: string, testid: string): string => {
  const found = new RegExp(`data-testid="${testid}"[^>]*>(.*?)</(?:strong|p|time|span)>`, "s").exec(html)?.[1] ?? "";
  return found.replace(/<[^>]*>/g, " ").replace(/\s+/g, " ").trim();
};

describe("the card of a gate", () => {
  it("is found by its title and its key, and says its state in big words", async () => {
    const html = await shown(device("east-in"));
    expect(html).toContain('role="group" aria-label="Gate east-in"');
    expect(html).toContain('data-device="hemei/gate/east-in"');
    expect(textOf(html, "state")).toBe("Closed");
    expect(textOf(html, "age")).toBe("5 s ago");
    expect(textOf(html, "availability")).toBe("Online");
  });

  it("says now of what was heard within the last second", async () => {
    const heard = property("closed", { ts: "2026-01-01T00:00:04.100Z" });
    expect(textOf(await shown(device("x", { properties: { state: heard } })), "age")).toBe("now");
  });

  it("speaks Chinese", async () => {
    const html = await shown(device("east-in"), clear, "zh-CN");
    expect(html).toContain('aria-label="闸 east-in"');
    expect(textOf(html, "state")).toBe("已关闭");
    expect(textOf(html, "age")).toBe("5 秒前");
  });

  it("turns the boom to its real position", async () => {
    const half = device("x", { properties: { state: property("opening"), position: property(50, { unit: "%" }) } });
    const html = await shown(half);
    expect(html).toContain("rotate(-42deg)");
    expect(html).toContain('aria-label="Boom 50 % open"');
  });

  it("gives the reason of a fault in words", async () => {
    const broken = device("x", { properties: { state: property("fault"), fault: property("boom-broken") } });
    expect(textOf(await shown(broken), "detail")).toBe("Boom broken");
  });

  it("that is cut off shows its state as last known only", async () => {
    const html = await shown(device("x"), { ...clear, cutOffSinceMs: now - 4000 });
    expect(html).toContain('data-tone="stale"');
    expect(textOf(html, "state")).toBe("Cut off");
    expect(textOf(html, "since")).toContain("for 4 s");
    expect(textOf(html, "availability")).toBe("");
    expect(textOf(html, "last-known")).toMatch(/^Last known \(.*\) Closed · 0 %$/);
  });

  it("draws no car that may be gone, and says that its boom is not live", async () => {
    const there = { "vehicle-under-boom": property(true), position: property(50, { unit: "%" }) };
    const html = await shown(device("x", { properties: there }), { ...clear, link: "offline" });
    expect(html).toContain('aria-label="Not live, last known, Boom 50 % open"');
    expect(html).not.toContain('class="car"');
  });

  it("tells what happened last", async () => {
    const opened = { type: "hemei.gate.opened", time: "2026-01-01T00:00:03.000Z" };
    expect(await shown(device("x", { last_event: opened }))).toMatch(/title="Last event"[^>]*>\s*\d\d:\d\d:03 opened/);
  });

  it("counts the events that were missed", async () => {
    expect(textOf(await shown(device("x", { events_missed: 3 })), "missed")).toBe("Events missed: 3");
  });
});

describe("the card of a device of an unheard-of family", () => {
  const oven = device("oven-1", {
    kind: "oven",
    properties: { state: property("baking"), "core-temperature": property(81.25, { unit: "°C" }) },
  });

  it("shows what the device says of itself", async () => {
    const html = await shown(oven);
    expect(textOf(html, "state")).toBe("Baking");
    expect(html).toContain("Core temperature");
    expect(html).toContain("81.25 °C");
  });

  it("is not live with a value that is out of date", async () => {
    const stale = { ...oven, properties: { ...oven.properties, door: property("shut", { stale: true }) } };
    expect(textOf(await shown(stale), "state")).toBe("Data out of date");
  });
});

describe("the cards of doors, cameras, chargers, sprinklers and sensors", () => {
  const kinds = {
    door: { state: "closed", locked: true, "contact-open": false, "secure-channel": true },
    camera: { picture: "covered", "frame-rate": 15 },
    sprinkler: { state: "watering", "valve-open": true, flow: 12.4, "soil-moisture": 40, lockout: "none" },
    sensor: { alarm: true, temperature: 21.25 },
    charger: { state: "charging", plugged: true, power: 6980, soc: 63, lockout: "none", "power-limit": 12.4 },
  } as const;
  const of = (kind: keyof typeof kinds, changed = {}): Device => {
    const said = Object.entries({ ...kinds[kind], ...changed });
    return device("x", { kind, properties: Object.fromEntries(said.map(([name, value]) => [name, property(value)])) });
  };

  it.each([
    ["door", "Shut", "门已关"],
    ["camera", "Covered", "镜头被遮挡"],
    ["sprinkler", "Watering", "喷淋中"],
    ["sensor", "Alarm", "报警"],
    ["charger", "Charging", "充电中"],
  ] as const)("a %s says its state in both languages", async (kind, english, chinese) => {
    expect(textOf(await shown(of(kind)), "state")).toBe(english);
    expect(textOf(await shown(of(kind), clear, "zh-CN"), "state")).toBe(chinese);
  });

  it.each(Object.keys(kinds) as (keyof typeof kinds)[])("a %s that is cut off shows what was last known", async (kind) => {
    const html = await shown(of(kind), { ...clear, cutOffSinceMs: now - 4000 });
    expect(html).toContain('data-tone="stale"');
    expect(textOf(html, "state")).toBe("Cut off");
    expect(textOf(html, "last-known")).toMatch(/^Last known/);
    expect(html).not.toContain("12.4");
  });

  it.each(Object.keys(kinds) as (keyof typeof kinds)[])("a %s of which nothing is known says so", async (kind) => {
    const html = await shown(device("x", { kind, properties: {} }));
    expect(html).toContain('data-tone="unknown"');
    expect(textOf(html, "state")).toBe("Unknown");
  });

  it("a door whose contact says nothing is drawn with a question mark", async () => {
    expect(await shown(of("door", { "contact-open": null }))).toContain(">?</text>");
  });

  it("a connector shows what is plugged in, and how full it is", async () => {
    expect(await shown(of("charger"))).toContain('aria-label="Plugged in, Battery of the vehicle 63 %"');
    expect(await shown(of("charger", { plugged: false, soc: null }))).toContain('aria-label="Not plugged in"');
    expect(await shown(of("charger", { plugged: null, soc: null }))).toContain('aria-label="Unknown"');
  });

  it("a zone without a soil probe is drawn with a question mark, its value said to be missing", async () => {
    const html = await shown(of("sprinkler", { "soil-moisture": null }));
    expect(html).toContain(">?</text>");
    expect(html).toContain("no value");
  });

  it("an event of a strange type has the device's own name for it", async () => {
    const last = { type: "hemei.door.sang", time: "2026-01-01T00:00:03.000Z", title: { en: "The door sang" } };
    expect(await shown({ ...of("door"), last_event: last })).toContain("The door sang");
  });
});
