import { createSSRApp, ref } from "vue";
import { renderToString } from "vue/server-renderer";
import { describe, expect, it } from "vitest";
import { makeI18n } from "@/i18n";
import type { PassCounts } from "@/live/passes";
import { PICTURE } from "@/live/picture";
import PassesFigure from "./PassesFigure.vue";
import type { Standing } from "./standing";

const COUNTS: PassCounts = {
  inside: { resident: 1203, visitor: 0, staff: 0, service: 2, unknown: 5 },
  inside_total: 1210,
  long_stay: {},
  in_today: 340,
  out_today: 331,
  refused_today: 4,
  last: null,
};

async function shown(counts: PassCounts | null, standing: Standing, missing = false): Promise<string> {
  const app = createSSRApp(PassesFigure, { counts, standing, missing, byHour: null, hubMs: 0 });
  app.provide(PICTURE, { nowMs: ref(0), pathTo: () => ({ cutOffSinceMs: null, link: "online", linkSinceMs: null, driver: null }) });
  return await renderToString(app.use(makeI18n("en")));
}
const words = (html: string): string =>
  html.replace(/<!--.*?-->/gs, "").replace(/<[^>]*>/g, " ").replace(/\s+/g, " ").trim();

describe("vehicles inside, on the wall", () => {
  it("are told by whose they are, without what there never is", async () => {
    expect(words(await shown(COUNTS, "live"))).toBe(
      "Vehicles inside now 1,210 Residents 1,203 Visitors 0 Service 2 Unknown 5 Today in 340 out 331",
    );
  });

  it("are hatched, and said not to be live, when they are not", async () => {
    const html = await shown(COUNTS, "stale");
    expect(html).toContain('data-live="false"');
    expect(html).toContain("stale");
    expect(words(html)).toContain("not live");
  });

  it("are a dash where nobody counted them, and the hours are missed aloud", async () => {
    const text = words(await shown(null, "failed", true));
    expect(text).toBe(
      "Vehicles inside not available – Residents – Visitors – Unknown – Today in – out – Passes by hour are not available",
    );
  });
});
