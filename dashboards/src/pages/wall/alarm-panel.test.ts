import { createSSRApp, ref } from "vue";
import type { Component } from "vue";
import { renderToString } from "vue/server-renderer";
import { describe, expect, it } from "vitest";
import { makeI18n } from "@/i18n";
import type { Language } from "@/i18n/language";
import { PICTURE } from "@/live/picture";
import { NOTHING_YET, apply } from "@/live/reducer";
import { alarm, device, snapshot } from "@/live/samples";
import type { Snapshot } from "@/live/protocol";
import AlarmPanel from "./AlarmPanel.vue";
import CriticalBanner from "./CriticalBanner.vue";
import { panelFor } from "./panel";

const now = Date.parse("2026-01-01T00:00:05.000Z");

async function shown(component: Component, props: Record<string, unknown>, language: Language = "en"): Promise<string> {
  const app = createSSRApp(component, props);
  app.use(makeI18n(language));
  app.provide(PICTURE, { nowMs: ref(now), pathTo: () => ({ cutOffSinceMs: null, link: "online", linkSinceMs: null, driver: null }) });
  return await renderToString(app);
}

const stateOf = (changed: Partial<Snapshot>) => apply(snapshot(changed), NOTHING_YET);
const panel = async (changed: Partial<Snapshot>, live = true, language: Language = "en") => {
  const state = stateOf(changed);
  return await shown(AlarmPanel, { state, layout: panelFor(state.alarms.size, 28, 52), live }, language);
};
const words = (html: string): string => html.replace(/<[^>]*>/g, " ").replace(/\s+/g, " ");

describe("the alarms on the wall", () => {
  const power = alarm("power", { priority: "high", count: 3, children: 12 });
  const seen = alarm("seen", { state: "acknowledged", acknowledged_by: "user:li.wei" });
  const away = alarm("away", { suppression: "shelved" });
  const smoke = device("bike-shed-smoke", { kind: "sensor", title: { en: "Shed smoke", "zh-CN": "车棚烟感" } });

  it("say what, where, how grave, how often, how many are folded, who knows, and what is shelved", async () => {
    const text = words(await panel({ alarms: [power, seen, away], devices: [smoke] }));
    for (const part of ["Smoke power", "3×", "+12", "High · Shed smoke · Bike shed", "5 s ago", "Unacknowledged"]) {
      expect(text).toContain(part);
    }
    expect(text).toContain("Acknowledged li.wei");
    expect(text).toContain("1 shelved");
    expect(text).toContain("1 unacknowledged");
    expect(text).not.toContain("Smoke away");
  });

  it("are calm without any, and say who is on duty and where nobody is", async () => {
    const duty = [
      { post: "centre", title: { "zh-CN": "指挥中心" }, manned: true, people: ["user:li.wei"] },
      { post: "east", title: { "zh-CN": "东门岗" }, manned: false, people: [] },
    ];
    const text = words(await panel({ duty, alarms: [] }, true, "zh-CN"));
    expect(text).toContain("无报警");
    expect(text).toContain("搁置 0");
    expect(text).toMatch(/指挥中心\s+li\.wei/);
    expect(text).toMatch(/东门岗\s+无人值守/);
  });

  it("are never calm, nor blinking, while the picture is not live", async () => {
    expect(words(await panel({ alarms: [] }, false))).toContain("Alarms unknown");
    expect(await panel({ alarms: [power] }, false)).not.toMatch(/class="[^"]*blink/);
    expect(await panel({ alarms: [power] })).toMatch(/class="[^"]*blink/);
  });

  it("that do not fit are counted, and how many of them nobody has acknowledged", async () => {
    const many = Array.from({ length: 40 }, (_, n) => alarm(`a${n}`));
    const html = await panel({ alarms: many });
    const lines = html.match(/data-alarm="/g) ?? [];
    expect(lines.length).toBeGreaterThanOrEqual(19);
    expect(words(html)).toContain(`${40 - lines.length} more alarms are not shown here, ${40 - lines.length} of them unack`);
  });
});

describe("critical alarms", () => {
  it("are shown one after another, none lost, each read out as it comes", async () => {
    const state = stateOf({ alarms: [alarm("one"), alarm("two"), alarm("calm", { priority: "low" })] });
    const at = async (ms: number) => words(await shown(CriticalBanner, { state, nowMs: ms }));
    const texts = [await at(now), await at(now + 4_000)];
    expect(texts.map((text) => /(\d) of 2/.exec(text)?.[1]).sort()).toEqual(["1", "2"]);
    for (const id of ["one", "two"]) expect(texts.some((text) => text.includes(`1 Smoke ${id} `))).toBe(true);
    expect(texts[0]).toContain("New critical alarm: Smoke");
  });

  it("that somebody acknowledged are not called out", async () => {
    const state = stateOf({ alarms: [alarm("one", { state: "acknowledged" })] });
    expect(await shown(CriticalBanner, { state, nowMs: now })).not.toContain("critical-banner");
  });
});
