import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import words from "@/i18n/passes.zh-CN";
import { DIRECTIONS, GROUPS, MEANS, OUTCOMES } from "@/live/passes";
import type { Pass } from "@/live/passes";
import { VISIT_STATES } from "@/live/visits";
import type { Who } from "@/live/visits";
import { query } from "@/live/query";
import { busiest, hoursOf } from "./hours";
import { DIRECTION_ICONS, VISIT_LOOKS, flagsOf, inFours, outcomeLook } from "./looks";
import { inWords } from "./refusals";
import { visitDraftOf, visitOf } from "./visit-draft";
import { spotAddress, spotOf } from "./views";
import { NO_FILTERS, isOpenEnded, midnight, rangeOf, wantedOf } from "./wanted";
import { keyOfPass, newKeys, whoseWords } from "./whose";

const NOW = new Date(2026, 10, 24, 15, 30).getTime();
const iso = (...at: [number, number, number, number?]): string => new Date(...at).toISOString();
const source = (path: string): string => readFileSync(new URL(`../../../../../${path}`, import.meta.url), "utf8");

/** The members of an enumeration of ours: `NAME = "word"`. */
function members(path: string, name: string): string[] {
  const body = source(path).split(`class ${name}(`)[1]?.split(/\nclass |\n[A-Z_]+: |\n@/)[0] ?? "";
  return [...body.matchAll(/^ {4}[A-Z_]+ = "([a-z-]+)"/gm)].map(([, word]) => word ?? "");
}

describe("the words", () => {
  it.each([
    ["contract/passes.py", "Direction", words.direction],
    ["contract/passes.py", "Means", words.means],
    ["contract/passes.py", "Reason", words.passReason],
    ["contract/passes.py", "Decision", words.decision],
    ["contract/passes.py", "PlateColour", words.plateColour],
    ["drivers/door/decision.py", "Denial", words.passReason],
    ["hub/passes/record.py", "Outcome", words.passOutcome],
    ["hub/passes/settings.py", "Group", words.passGroup],
  ])("are there for all of %s %s", (path, name, group) => {
    const known = members(path, name);
    expect(known.length).toBeGreaterThan(2);
    expect(Object.keys(group)).toEqual(expect.arrayContaining(known));
  });

  it("are those that the hub is asked with", () => {
    expect(MEANS).toEqual(members("contract/passes.py", "Means"));
    expect(DIRECTIONS).toEqual(members("contract/passes.py", "Direction"));
    expect(OUTCOMES).toEqual(members("hub/passes/record.py", "Outcome"));
    expect(GROUPS).toEqual(members("hub/passes/settings.py", "Group"));
    expect(Object.keys(words.visitState)).toEqual([...VISIT_STATES]);
  });
});

describe("an address", () => {
  it("is a part of the place, and perhaps a plate", () => {
    expect(spotOf(null)).toEqual({ view: "search", plate: null });
    expect(spotOf("inside")).toEqual({ view: "inside", plate: null });
    expect(spotOf("search~浙B1*")).toEqual({ view: "search", plate: "浙B1*" });
    expect(spotOf("nonsense")).toEqual({ view: "search", plate: null });
    expect(decodeURIComponent(spotAddress("search", "浙B12345"))).toBe("#/passes/search~浙B12345");
  });
});

describe("what is searched for", () => {
  it("begins at a midnight", () => {
    expect(midnight(NOW)).toBe(new Date(2026, 10, 24).getTime());
    expect(rangeOf(NO_FILTERS, NOW)).toEqual({ from: iso(2026, 10, 24) });
    expect(rangeOf({ ...NO_FILTERS, span: "yesterday" }, NOW)).toEqual({ from: iso(2026, 10, 23), to: iso(2026, 10, 24) });
    expect(rangeOf({ ...NO_FILTERS, span: "week" }, NOW)).toEqual({ from: iso(2026, 10, 18) });
  });

  it("may be between any two moments, or open at one end", () => {
    const own = { ...NO_FILTERS, span: "own", from: "2026-11-20T08:00", to: "2026-11-20T09:00" } as const;
    expect(rangeOf(own, NOW)).toEqual({ from: iso(2026, 10, 20, 8), to: iso(2026, 10, 20, 9) });
    expect(rangeOf({ ...own, to: own.from }, NOW)).toBeNull();
    expect(wantedOf({ ...own, to: own.from }, NOW)).toBeNull();
    expect(rangeOf({ ...own, from: "" }, NOW)).toEqual({ to: iso(2026, 10, 20, 9) });
    expect([isOpenEnded(own), isOpenEnded({ ...own, to: "" }), isOpenEnded(NO_FILTERS)]).toEqual([false, true, true]);
  });

  it("asks for nothing that was not said", () => {
    const asked = wantedOf({ ...NO_FILTERS, place: "gate/*", plate: " 浙B* ", exact: true, outcome: "refused" }, NOW);
    expect(asked).toEqual({ from: iso(2026, 10, 24), place: ["gate/*"], plate: "浙B*", exact: true, outcome: "refused" });
    expect(query(wantedOf({ ...NO_FILTERS, exact: true }, NOW) ?? {})).toBe(query({ from: iso(2026, 10, 24) }));
  });
});

describe("a pass", () => {
  const pass = { outcome: "passed", reason: null, replay: false, passback: false, tailgating: false, confirmed: true } as const;

  it("that simply passed is grey", () => {
    expect(outcomeLook(pass)).toBeNull();
    expect(flagsOf(pass)).toEqual([]);
    expect(Object.keys(DIRECTION_ICONS)).toEqual([...DIRECTIONS]);
  });

  it("that came to nothing stands out, a blocked one most", () => {
    expect(outcomeLook({ outcome: "refused", reason: "unknown" })?.tone).toBe("attention");
    expect(outcomeLook({ outcome: "refused", reason: "blocked" })?.tone).toBe("alarm");
    expect(outcomeLook({ outcome: "seen", reason: "replay" })?.tone).toBe("stale");
  });

  it("says what is odd about it", () => {
    const odd = { ...pass, replay: true, passback: true, tailgating: true, confirmed: false };
    expect(flagsOf(odd).map(({ name }) => name)).toEqual(["replay", "passback", "tailgating", "unconfirmed"]);
    expect(flagsOf({ ...odd, outcome: "refused" }).map(({ name }) => name)).not.toContain("unconfirmed");
    expect(flagsOf({ ...pass, confirmed: null })).toEqual([]);
  });
});

describe("whose it is", () => {
  const who: Who = {
    key: "v-1",
    known: true,
    sort: "vehicle",
    category: "resident",
    building: "3",
    room: "3-2-501",
    plate: "浙B12345",
    blocked: false,
    blocked_reason: "",
    left: false,
    name: null,
  };
  const t = (key: string, named: Record<string, unknown> = {}): string => `${key} ${Object.values(named).join(" ")}`.trim();
  const named = (key: string): string => key.replace("passCategory.", "");

  it("is asked for once", () => {
    const known = new Map([["v-1", who]]);
    expect(newKeys(["v-1", "v-2", null, "v-2"], known)).toEqual(["v-2"]);
    expect(newKeys(Array.from({ length: 300 }, (_, n) => `v-${n}`), new Map())).toHaveLength(200);
    expect(keyOfPass({ vehicle: null, person: "r-1" } as Pass)).toBe("r-1");
  });

  it("is a category and a room, and a name for those who may see it", () => {
    expect(whoseWords(who, null, t, named)).toBe("resident · 3-2-501");
    expect(whoseWords({ ...who, name: "王芳" }, null, t, named)).toBe("resident · 3-2-501 · 王芳");
    expect(whoseWords({ ...who, sort: "visit", category: "visitor" }, null, t, named)).toBe("passLine.visitorOf 3-2-501");
    expect(whoseWords({ ...who, known: false }, "visitor", t, named)).toBe("visitor");
    expect(whoseWords(undefined, null, t, named)).toBe("");
  });
});

describe("a day's passes", () => {
  const tally = (hour: number, came: number, out: number) => ({
    start: iso(2026, 10, 24, hour),
    in: came,
    out,
    unknown: 0,
    refused: 0,
  });

  it("have all hours, and a busiest one if anybody passed", () => {
    const hours = hoursOf([tally(8, 3, 9), tally(18, 5, 2)]);
    expect(hours).toHaveLength(24);
    expect(hours[8]).toEqual({ hour: 8, in: 3, out: 9 });
    expect(busiest(hours)?.hour).toBe(8);
    expect(busiest(hoursOf([]))).toBeNull();
  });
});

describe("a visitor", () => {
  it("comes by plate, by code, or both, for some time", () => {
    const draft = visitDraftOf("test");
    expect(visitDraftOf("test")).toBe(draft);
    expect(visitOf(draft)).toBe("needed");
    expect(visitOf({ ...draft, plate: "沪" })).toBe("needed");
    expect(visitOf({ ...draft, plate: " 沪A12345 " })).toEqual({ plate: "沪A12345", minutes: 120 });
    expect(visitOf({ ...draft, code: true, household: "h-1", visitor: " x " })).toEqual({
      code: true,
      household: "h-1",
      visitor: "x",
      minutes: 120,
    });
    expect(visitOf({ ...draft, code: true, later: true })).toBe("needsTime");
    expect(visitOf({ ...draft, code: true, minutes: 0 })).toBe("needsTime");
    const timed = { ...draft, code: true, later: true, from: "2026-11-24T08:00", minutes: 0, until: "2026-11-24T09:00" };
    expect(visitOf(timed)).toEqual({ code: true, from: iso(2026, 10, 24, 8), until: iso(2026, 10, 24, 9) });
  });

  it("has a look for every state, and a code that can be read out", () => {
    expect(Object.keys(VISIT_LOOKS)).toEqual([...VISIT_STATES]);
    expect(inFours("12345678")).toBe("1234 5678");
  });

  it("is refused in words where they are known", () => {
    const refusal = { kind: "refused", status: 409, code: "plate-blocked", detail: "x", retryAfterS: null, problem: {} } as const;
    expect(inWords(refusal, (key) => key)).toMatchObject({ detail: "passCode.plate-blocked" });
    expect(inWords({ ...refusal, code: "odd" }, (key) => key)).toMatchObject({ detail: "x" });
    expect(inWords({ kind: "unreachable" }, (key) => key)).toEqual({ kind: "unreachable" });
  });
});
