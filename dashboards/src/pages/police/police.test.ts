import { describe, expect, it } from "vitest";
import { POLICE_ANSWERS } from "@/live/referrals";
import { lookOf, troubleOf } from "../console/alarms/referrals";
import { PROBLEMS, isOver, problemIn } from "./problems";
import en from "./words.en";
import zhCN from "./words.zh-CN";

type Tree = { readonly [key: string]: string | Tree };

const flat = (tree: Tree, prefix = ""): [string, string][] =>
  Object.entries(tree).flatMap(([key, value]) =>
    typeof value === "string" ? [[prefix + key, value]] : flat(value, `${prefix}${key}.`),
  );
const blanks = (text: string): string[] => [...text.matchAll(/\{(\w+)\}/g)].map(([, name]) => name ?? "").sort();
const refused = (status: number, code: string) => ({ kind: "refused", status, code, detail: "", retryAfterS: null, problem: {} }) as const;

describe("the words", () => {
  it("are the same in both languages, with the same blanks", () => {
    const [chinese, english] = [new Map(flat(zhCN)), new Map(flat(en))];
    expect([...english.keys()]).toEqual([...chinese.keys()]);
    for (const [key, text] of chinese) expect(blanks(english.get(key) ?? ""), key).toEqual(blanks(text));
  });

  it("are there for every problem and answer", () => {
    expect(Object.keys(zhCN.problem).sort()).toEqual(Object.keys(PROBLEMS).sort());
    expect(Object.keys(zhCN.answer)).toEqual([...POLICE_ANSWERS]);
  });
});

describe("a link", () => {
  it("is over where the hub says so, and only there", () => {
    expect([404, 410, 409, 429].map((status) => isOver(refused(status, "x")))).toEqual([true, true, false, false]);
    expect([isOver(null), isOver({ kind: "unreachable" })]).toEqual([false, false]);
    expect(problemIn(refused(410, "link-over"), true).code).toBe("link-over");
    expect(problemIn({ kind: "unreachable" }, false).code).toBe("no-network");
  });
});

describe("a hand-over in its case", () => {
  const letter = { state: "planned", attempts: 1, reason: "500" };

  it("says when its letter has not arrived, until somebody has it", () => {
    expect(troubleOf({ state: "handed", letter })).toBe("referral.letterTried");
    expect(troubleOf({ state: "handed", letter: { ...letter, state: "failed" } })).toBe("referral.letterFailed");
    expect(troubleOf({ state: "handed", letter: { ...letter, state: "sent" } })).toBeNull();
    expect(troubleOf({ state: "handed", letter: null })).toBe("referral.noLetter");
    expect(troubleOf({ state: "received", letter })).toBeNull();
  });

  it("asks for attention when it is late", () => {
    expect(lookOf({ state: "accepted", overdue: false }).tone).toBe("moving");
    expect(lookOf({ state: "accepted", overdue: true }).tone).toBe("attention");
  });

  it("waits for nothing once the case is closed", () => {
    expect(lookOf({ state: "received", overdue: false }, true).word).toBe("referral.unanswered");
    expect(lookOf({ state: "accepted", overdue: true }, true).word).toBe("referral.overdue");
    expect(lookOf({ state: "dealt-with", overdue: false }, true)).toEqual(lookOf({ state: "dealt-with", overdue: false }));
  });
});
