import { describe, expect, it } from "vitest";
import type { OwnVisit } from "@/live/visit";
import { keepZone } from "@/i18n/zone";
import { inFours, isLive, keyIn, lastsWithin, messageFor, newDraft, visitOf, windowOf } from "./passes";
import { PROBLEMS, problemIn } from "./problems";
import en from "./words.en";
import zhCN from "./words.zh-CN";

type Tree = { readonly [key: string]: string | Tree };

const flat = (tree: Tree, prefix = ""): [string, string][] =>
  Object.entries(tree).flatMap(([key, value]) =>
    typeof value === "string" ? [[prefix + key, value]] : flat(value, `${prefix}${key}.`),
  );
const blanks = (text: string): string[] => [...text.matchAll(/\{(\w+)\}/g)].map(([, name]) => name ?? "").sort();

describe("the words", () => {
  it("are the same in both languages, with the same blanks", () => {
    const [chinese, english] = [new Map(flat(zhCN)), new Map(flat(en))];
    expect([...english.keys()]).toEqual([...chinese.keys()]);
    for (const [key, text] of chinese) expect(blanks(english.get(key) ?? ""), key).toEqual(blanks(text));
  });

  it("are there for every problem", () => {
    expect(Object.keys(zhCN.problem).sort()).toEqual(Object.keys(PROBLEMS).sort());
  });
});

describe("a link", () => {
  it.each([
    ["#Ab3-_9", "Ab3-_9"],
    ["#/Ab3", "Ab3"],
    ["", null],
    ["#", null],
    ["#<b>", null],
    [`#${"a".repeat(129)}`, null],
  ])("with %j has the key %j", (hash, key) => {
    expect(keyIn(hash)).toBe(key);
  });
});

describe("a pass", () => {
  it("lasts no longer than it may", () => {
    expect(lastsWithin(480)).toEqual([60, 120, 240, 480]);
    expect(lastsWithin(30)).toEqual([30]);
    expect(newDraft(90).minutes).toBe(90);
  });

  it("opens by plate, by code, or both", () => {
    const draft = newDraft(1440);
    expect(visitOf(draft)).toBe("needed");
    expect(visitOf({ ...draft, plate: " 沪A1 " })).toEqual({ plate: "沪A1", minutes: 240 });
    expect(visitOf({ ...draft, plate: "沪A1", alsoCode: true })).toMatchObject({ plate: "沪A1", code: true });
    expect(visitOf({ ...draft, by: "code", plate: "沪A1", visitor: "x" })).toEqual({ code: true, visitor: "x", minutes: 240 });
    expect(visitOf({ ...draft, by: "code", later: true })).toBe("needsTime");
    const later = visitOf({ ...draft, by: "code", later: true, from: "2026-11-24T08:00" });
    expect(later).toMatchObject({ from: new Date(2026, 10, 24, 8).toISOString() });
  });

  const visit: OwnVisit = {
    id: "g-1",
    state: "open",
    visitor: "张阿姨",
    plate: "沪A24680",
    code: "12345678",
    from: new Date(2026, 10, 24, 8).toISOString(),
    until: new Date(2026, 10, 24, 12).toISOString(),
    used: null,
  };

  it("is told to the visitor without the household's link and without names", () => {
    const t = (key: string, named: Record<string, unknown>): string => [key, ...Object.values(named)].join(" ");
    const message = messageFor(visit, "和美小区", t, "en");
    expect(message.split("\n")).toHaveLength(4);
    for (const part of ["和美小区", "沪A24680", "1234 5678", "12:00"]) expect(message).toContain(part);
    expect(message).not.toContain("张阿姨");
    expect(messageFor({ ...visit, code: null }, "x", t, "en").split("\n")).toHaveLength(3);
  });

  it("says the day of its end only if that is another", () => {
    expect(windowOf(visit, "en").until).toBe("12:00");
    expect(windowOf({ ...visit, until: new Date(2026, 10, 25, 12).toISOString() }, "en").until).toContain("25");
    expect([isLive(visit), isLive({ state: "coming" }), isLive({ state: "revoked" })]).toEqual([true, true, false]);
    expect(inFours("1234")).toBe("1234");
  });
});

describe("a problem", () => {
  const refused = (status: number, code: string, retryAfterS: number | null = null) =>
    ({ kind: "refused", status, code, detail: "", retryAfterS, problem: {} }) as const;

  it("is named by what the hub says, or by what is left to conclude", () => {
    expect(problemIn(refused(409, "plate-refused"), true).code).toBe("plate-refused");
    expect(problemIn(refused(429, "throttled", 7), true)).toMatchObject({ code: "throttled", seconds: 7 });
    expect(problemIn(refused(503, ""), true).code).toBe("hub-down");
    expect(problemIn(refused(500, "internal-error"), true).code).toBe("other");
    expect(problemIn({ kind: "unreachable" }, false).code).toBe("no-network");
    expect(problemIn({ kind: "unreachable" }, true).code).toBe("unreachable");
  });
});

describe("times of a pass", () => {
  it("are the site's, wherever the telephone is", () => {
    const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
    keepZone("Pacific/Kiritimati");
    const later = visitOf({ ...newDraft(240), by: "code", later: true, from: "2026-11-25T00:30" });
    expect(later).toMatchObject({ from: "2026-11-24T10:30:00.000Z" });
    expect(windowOf({ from: "2026-11-24T10:30:00.000Z", until: "2026-11-24T12:30:00.000Z" }, "zh-CN")).toEqual({
      from: "2026年11月25日 00:30",
      until: "02:30",
    });
    keepZone(zone);
  });
});
