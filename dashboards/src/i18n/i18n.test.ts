import { describe, expect, it } from "vitest";
import { createI18n } from "vue-i18n";
import en from "./en";
import { formatAge, formatValue, pick, plain } from "./format";
import { chooseLanguage } from "./language";
import zhCN from "./zh-CN";

type Tree = { readonly [key: string]: string | Tree };

function flat(tree: Tree, prefix = ""): [string, string][] {
  return Object.entries(tree).flatMap(([key, value]) =>
    typeof value === "string" ? [[prefix + key, value]] : flat(value, `${prefix}${key}.`),
  );
}

/** Of one, and of several: English tells them apart. */
const forms = (text: string): string[] => text.split(" | ");
const blanks = (text: string): string[] => [...text.matchAll(/\{(\w+)\}/g)].map((found) => found[1] ?? "").sort();

describe("the two languages", () => {
  const chinese = new Map(flat(zhCN));
  const english = new Map(flat(en));

  it("have the same keys", () => {
    expect([...english.keys()].sort()).toEqual([...chinese.keys()].sort());
  });

  it.each([...chinese.keys()])("say %s, with the same blanks to fill", (key) => {
    expect(chinese.get(key)).not.toBe("");
    expect(english.get(key)).not.toBe("");
    for (const form of forms(english.get(key) ?? "")) expect(blanks(form)).toEqual(blanks(chinese.get(key) ?? ""));
  });

  it.each([...english].filter(([, text]) => forms(text).length > 1))("say %s of one and of several", (_, text) => {
    expect(forms(text)).toHaveLength(2);
    expect(blanks(text)).toContain("count");
  });

  it("count one thing as one", () => {
    const { t } = createI18n({ legacy: false, locale: "en", messages: { en } }).global;
    expect([0, 1, 2].map((count) => t("trial.alarms", { count }))).toEqual(["0 times", "1 time", "2 times"]);
  });
});

describe("the language", () => {
  it.each([
    ["?lang=en", null, "en"],
    ["?lang=en-GB", "zh-CN", "en"],
    ["?lang=zh", "en", "zh-CN"],
    ["", "en", "en"],
    ["", null, "zh-CN"],
    ["?lang=fr", null, "zh-CN"],
  ])("for %j after %j is %s", (search, stored, expected) => {
    expect(chooseLanguage(search, stored)).toBe(expected);
  });
});

describe("words and figures", () => {
  const t = (key: string, named?: Record<string, unknown>): string => `${key} ${String(named?.["count"] ?? "")}`.trim();
  const speak = { t, word: (text: string) => text };

  it.each([
    [-5_000, "age.seconds 0"],
    [999, "age.seconds 0"],
    [59_999, "age.seconds 59"],
    [60_000, "age.minutes 1"],
    [3_600_000, "age.hours 1"],
    [200_000_000, "age.days 2"],
  ])("an age of %d ms is %s", (ms, expected) => {
    expect(formatAge(ms, t)).toBe(expected);
  });

  it("show a value with its unit", () => {
    expect(formatValue(21.456, "°C", "en", speak)).toBe("21.46 °C");
    expect(formatValue(1203, null, "en", speak)).toBe("1,203");
    expect(formatValue(true, null, "en", speak)).toBe("value.yes");
    expect(formatValue("沪A-12345", null, "en", speak)).toBe("沪A-12345");
    expect(plain("state.half-open")).toBe("Half open");
    expect(formatValue(null, "%", "en", speak)).toBe("—");
  });

  it("fall back to Chinese, then to any language", () => {
    expect(pick({ "zh-CN": "东门", en: "East" }, "en")).toBe("East");
    expect(pick({ "zh-CN": "东门" }, "en")).toBe("东门");
    expect(pick({ de: "Osttor" }, "en")).toBe("Osttor");
    expect(pick({}, "en")).toBeUndefined();
  });
});
