import { readFileSync } from "node:fs";
import { createSSRApp } from "vue";
import type { Component } from "vue";
import { renderToString } from "vue/server-renderer";
import { describe, expect, it } from "vitest";
import { STATUSES } from "@/live/charging";
import type { Language } from "@/i18n/language";
import OrderFigures from "./OrderFigures.vue";
import PriceSheet from "./PriceSheet.vue";
import ReceiptSheet from "./ReceiptSheet.vue";
import { HINDRANCES, PROBLEMS, STATUS_LOOKS, hindranceOf, problemIn, problemOf } from "./problems";
import { pathOf, placeOf } from "./route";
import { FREE, LINE, TARIFF, order } from "./samples";
import { preferred } from "./speech";
import { makeSpeech } from "./words";
import en from "./words.en";
import zhCN from "./words.zh-CN";

type Tree = { readonly [key: string]: string | Tree };

const flat = (tree: Tree, prefix = ""): [string, string][] =>
  Object.entries(tree).flatMap(([key, value]) =>
    typeof value === "string" ? [[prefix + key, value]] : flat(value, `${prefix}${key}.`),
  );
const blanks = (text: string): string[] => [...text.matchAll(/\{(\w+)\}/g)].map(([, name]) => name ?? "").sort();

async function shown(component: Component, props: object, language: Language = "en"): Promise<string> {
  const html = await renderToString(createSSRApp(component, { ...props }).use(makeSpeech(language)));
  return html.replace(/<svg.*?<\/svg>/gs, "").replace(/<[^>]*>/g, " ").replace(/\s+/g, " ");
}

describe("the words", () => {
  it("are the same in both languages, with the same blanks", () => {
    const [chinese, english] = [new Map(flat(zhCN)), new Map(flat(en))];
    expect([...english.keys()]).toEqual([...chinese.keys()]);
    for (const [key, text] of chinese) expect(blanks(english.get(key) ?? ""), key).toEqual(blanks(text));
  });

  it("are there for every problem, every status and every reason why a charge ends", () => {
    expect(Object.keys(zhCN.problem).sort()).toEqual(Object.keys(PROBLEMS).sort());
    for (const status of STATUSES) {
      expect(zhCN.status[status]).toBeTruthy();
      expect(STATUS_LOOKS[status]).toBeDefined();
      const hindrance = HINDRANCES[status];
      if (hindrance !== null) expect(PROBLEMS).toHaveProperty(hindrance);
    }
    const driver = readFileSync(new URL("../../../../drivers/charger/words.py", import.meta.url), "utf8");
    const reasons = /class EndReason\(.*?\nclass /s.exec(driver)?.[0].matchAll(/^ {4}[A-Z_]+ = "([a-z-]+)"/gm) ?? [];
    expect([...reasons].map(([, reason]) => reason).sort()).toEqual(Object.keys(zhCN.why).sort());
    expect(hindranceOf("free")).toBeNull();
    expect(hindranceOf("haunted")?.code).toBe("other");
  });

  it.each([
    [["en-GB", "zh-CN"], "en"],
    [["zh-TW"], "zh-CN"],
    [["fr-FR", "en"], "en"],
    [["fr"], null],
  ])("for a phone that prefers %j are %s", (languages, expected) => {
    expect(preferred(languages)).toBe(expected);
  });
});

describe("an address", () => {
  it.each([
    ["/c/Ab3-_9", { kind: "scan", code: "Ab3-_9" }],
    ["/c/order/k1", { kind: "order", key: "k1" }],
    ["/c/account/k1/", { kind: "account", key: "k1" }],
  ] as const)("%s", (path, place) => {
    expect(placeOf(path)).toEqual(place);
    expect(pathOf(place)).toBe(path.replace(/\/$/, ""));
  });

  it.each(["/c", "/c/", "/c/a/b", "/c/order/k/x", "/wall"])("%s leads nowhere", (path) => {
    expect(placeOf(path)).toEqual({ kind: "nowhere" });
  });
});

describe("a problem", () => {
  const refused = (status: number, code: string, retryAfterS: number | null = null) =>
    ({ kind: "refused", status, code, detail: "", retryAfterS, problem: {} }) as const;

  it("is named by what the hub says, or by what is left to conclude", () => {
    expect(problemIn(refused(410, "code-used"), true)).toMatchObject({ code: "code-used" });
    expect(problemIn(refused(429, "throttled", 7), true)).toMatchObject({ code: "throttled", seconds: 7 });
    expect(problemIn(refused(502, ""), true).code).toBe("hub-down");
    expect(problemIn(refused(500, "internal-error"), true).code).toBe("other");
    expect(problemIn({ kind: "unreachable" }, true).code).toBe("unreachable");
    expect(problemIn({ kind: "unreachable" }, false).code).toBe("no-network");
    expect(problemOf("smoke", "start-failed")).toMatchObject({ code: "alarm", tone: "danger" });
    expect(problemOf("gremlins", "start-failed").code).toBe("start-failed");
  });
});

describe("prices", () => {
  it("show the one that is on, and all of the day", async () => {
    const text = await shown(PriceSheet, { tariff: TARIFF }, "zh-CN");
    expect(text).toMatch(/¥1\.28 ?\/度 · 峰/);
    expect(text).toContain("00:00–08:00 谷 电费 ¥0.32 + 服务费 ¥0.30 ¥0.62");
    expect(text).toContain("08:00–24:00 峰 现在 电费");
  });

  it("that are none say so", async () => {
    expect(await shown(PriceSheet, { tariff: FREE })).toContain("Free");
  });
});

describe("a charge under way", () => {
  const under = (changed: Parameters<typeof order>[0], liveness: string) =>
    shown(OrderFigures, { order: order(changed), liveness, ageMs: 0, lastKnownMs: Date.parse("2026-01-01T00:30:00Z") });

  it("shows what it has taken and what that costs", async () => {
    const text = await under({}, "live");
    for (const part of ["3.210 kWh", "¥4.11", "6.98 kW", "30:00", "63%", "Live"]) expect(text).toContain(part);
  });

  it.each(["post-away", "hub-away"])("is dated when it is not live: %s", async (liveness) => {
    const text = await under({}, liveness);
    expect(text).toMatch(/Last known at \d\d:30:00, not live/);
    expect(text).not.toContain("Live ");
  });
});

describe("a receipt", () => {
  it("adds up, and says why it ended", async () => {
    const lines = [LINE, { ...LINE, from: LINE.to, amount_fen: 89 }];
    const text = await shown(ReceiptSheet, { order: order({ state: "settled", lines, amount_fen: 500, why: "full" }) });
    for (const part of ["¥5.00", "¥4.11", "¥0.89", "2026 0101 0000 0017", "fully charged"]) expect(text).toContain(part);
  });

  it("of nothing says that nothing was paid", async () => {
    const text = await shown(ReceiptSheet, { order: order({ state: "cancelled", lines: [], energy_wh: 0, amount_fen: 0 }) });
    expect(text).toContain("Nothing was paid. What was held is free again.");
  });

  it("with a reason that nobody knows still says it", async () => {
    expect(await shown(ReceiptSheet, { order: order({ state: "settled", why: "moon-phase" }) })).toContain("Moon phase");
  });
});

describe("words can be read", () => {
  const css = readFileSync(new URL("./tokens.css", import.meta.url), "utf8");
  const [light = "", dark = ""] = css.split("@media (prefers-color-scheme: dark)");
  const colours = (part: string): Map<string, string> =>
    new Map([...part.matchAll(/--([a-z-]+): (#[0-9a-f]{6});/g)].map(([, name = "", hex = ""]) => [name, hex]));
  const themes = { light: colours(light), dark: colours(dark.split("@media")[0] ?? "") };

  /** Relative luminance as WCAG 2.2 defines it. */
  function luminance(hex: string): number {
    const [red = 0, green = 0, blue = 0] = [1, 3, 5].map((at) => {
      const channel = parseInt(hex.slice(at, at + 2), 16) / 255;
      return channel <= 0.04045 ? channel / 12.92 : ((channel + 0.055) / 1.055) ** 2.4;
    });
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
  }

  const TONES = ["good", "calm", "attention", "danger"];
  const PAIRS = [
    ...["page", "surface", "hatch-dark", "hatch-light"].flatMap((ground) =>
      ["text", "quiet", ...TONES.map((tone) => `${tone}-ink`)].map((ink) => [ink, ground] as const),
    ),
    ...TONES.flatMap((tone) => [[`${tone}-ink`, `${tone}-fill`] as const, ["text", `${tone}-fill`] as const]),
    ["press-on-fill", "press-fill"],
    ["stop-on-fill", "stop-fill"],
    ["surface", "good-ink"],
  ] as const;

  it.each(Object.entries(themes))("by %s", (_, theme) => {
    for (const [ink, ground] of PAIRS) {
      const [low = 0, high = 0] = [ink, ground].map((name) => luminance(theme.get(name) ?? "")).sort((a, b) => a - b);
      expect((high + 0.05) / (low + 0.05), `${ink} on ${ground}`).toBeGreaterThanOrEqual(4.5);
    }
  });
});
