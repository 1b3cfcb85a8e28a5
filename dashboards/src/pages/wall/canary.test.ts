import { createSSRApp } from "vue";
import { renderToString } from "vue/server-renderer";
import { describe, expect, it } from "vitest";
import { makeI18n } from "@/i18n";
import { keepZone } from "@/i18n/zone";
import type { Canary, EvidenceItem } from "@/live/alarms";
import CanaryLight from "./CanaryLight.vue";
import { canaryLook } from "./canary";
import { sceneOf } from "./use-scenes";

const LAST = "2026-11-30T04:05:06.000Z";

describe("the light of the test alarm", () => {
  it.each<[Canary | null, boolean, string, string]>([
    [{ ok: true, last: LAST }, true, "normal", "came"],
    [{ ok: false, last: LAST }, true, "alarm", "late"],
    [{ ok: false, last: null }, true, "alarm", "never"],
    [{ ok: null, last: null }, true, "normal", "none"],
    [null, true, "unknown", "unknown"],
    [{ ok: true, last: LAST }, false, "unknown", "unknown"],
    [{ ok: false, last: LAST }, false, "unknown", "unknown"],
  ])("for %j, live: %s, is %s and says %s", (canary, live, tone, text) => {
    expect(canaryLook(canary, live)).toMatchObject({ tone, text });
  });

  it("says when, by the site's clock", async () => {
    keepZone("Asia/Shanghai");
    const light = createSSRApp(CanaryLight, { canary: { ok: true, last: LAST }, live: true }).use(makeI18n("zh-CN"));
    expect(await renderToString(light)).toContain("12:05 通过");
  });
});

describe("the scene of an alarm", () => {
  const evidenceOf = (kind: string, sha256: string): EvidenceItem => ({ kind, sha256, made: LAST });
  const own = evidenceOf("picture", "a");
  const nearby = evidenceOf("snapshot", "b");

  it.each([
    [[nearby, own], "/api/v1/media/a"],
    [[evidenceOf("clip", "c"), nearby], "/api/v1/media/b"],
    [[{ ...own, gone: LAST }, { ...nearby, sha256: null }], undefined],
    [[], undefined],
  ])("is its own picture, else one of a camera nearby", (evidence, address) => {
    expect(sceneOf(evidence)?.address).toBe(address);
  });
});
