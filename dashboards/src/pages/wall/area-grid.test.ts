import { createSSRApp, ref } from "vue";
import { renderToString } from "vue/server-renderer";
import { describe, expect, it } from "vitest";
import { makeI18n } from "@/i18n";
import { PICTURE } from "@/live/picture";
import { DRIVER_KIND } from "@/live/protocol";
import type { Device, Link } from "@/live/protocol";
import { NOTHING_YET, apply } from "@/live/reducer";
import { device, snapshot } from "@/live/samples";
import AreaGrid from "./AreaGrid.vue";

async function shown(devices: Device[], link: Link = "online"): Promise<string> {
  const state = apply(snapshot({ devices, link }), NOTHING_YET);
  const app = createSSRApp(AreaGrid, { state, room: { width: 120, height: 58 } });
  app.use(makeI18n("en"));
  app.provide(PICTURE, {
    nowMs: ref(state.hubMs),
    pathTo: () => ({ cutOffSinceMs: null, link, linkSinceMs: null, driver: null }),
  });
  return await renderToString(app);
}

describe("a wall", () => {
  const host = device("gates", { kind: DRIVER_KIND });

  it("shows a card for each device, by area", async () => {
    const html = await shown([host, device("a"), device("b")]);
    expect(html.match(/role="group"/g)).toHaveLength(2);
    expect(html).toContain('aria-label="East gate"');
    expect(html).toContain("--columns:2");
  });

  it("with nothing but a driver host says that there are no devices yet", async () => {
    expect(await shown([host])).toContain("No devices yet");
  });

  it("does not say so where the hub cannot know", async () => {
    const html = await shown([], "offline");
    expect(html).toContain("Once it has, devices appear here by themselves");
    expect(html).not.toContain("No devices yet");
  });
});
