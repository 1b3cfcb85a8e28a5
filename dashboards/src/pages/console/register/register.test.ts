import { describe, expect, it } from "vitest";
import words from "@/i18n/register.zh-CN";
import type { Import } from "@/live/imports";
import { LIST_STATES } from "@/live/lists";
import type { HeldList, HostLists, ListState } from "@/live/lists";
import type { Person, Withdrawal } from "@/live/register";
import { beginOf, dayOf, endOf, lastDayOf } from "./days";
import { HOST_KEYS, hostState, missingOf, summariesOf, summaryOf, waitingHosts } from "./delivery/delivery";
import { cardsOf, changesOf, differing, rebased } from "./drafts";
import { cellsOf, changesOfRow, deedsOf, isMoving, rowsToDo, statesOf } from "./imports/sayings";
import { draftOfLevel, levelRequest, missingOfLevel, newPeriod, periodWords, placeWords, spansOf } from "./levels/levels";
import { proofLook } from "./looks";
import { BLANK_PERSON, WRITE_PERSON, draftOfPerson } from "./people/person-draft";
import { spoken } from "./refusals";
import { validityOf, validityWords } from "./validity";
import { BLANK_VEHICLE, WRITE_VEHICLE } from "./vehicles/vehicle-draft";
import { NEW, VIEWS, spotAddress, spotOf } from "./views";

/** Says the key and what fills its blanks. */
const t = (key: string, named: Record<string, unknown> = {}): string => [key, ...Object.values(named)].join(" ");

const WANG: Person = {
  key: "r-1",
  name: "王芳",
  category: "resident",
  household: "h-1",
  room: "3-2-501",
  phone: "13800000000",
  cards: ["8061550", "w34:12"],
  levels: ["residents"],
  valid_from: null,
  valid_until: endOf("2026-12-31"),
  blocked: false,
  face: "none",
  face_since: null,
  birth_year: null,
  child: false,
  guardian: "",
  note: "",
  left: null,
  changed: "2026-11-24T04:00:00.000Z",
  version: 3,
};

describe("the address within the register", () => {
  it.each(VIEWS)("leads to %s and back", (view) => {
    for (const open of [null, NEW, "r-1", `${NEW}~h-1`]) {
      const id = decodeURIComponent(spotAddress(view, open).replace("#/register/", ""));
      expect(spotOf(id)).toEqual({ view, open });
    }
  });

  it("that names nothing known is the people", () => {
    expect(spotOf(null)).toEqual({ view: "people", open: null });
    expect(spotOf("nowhere~x")).toEqual({ view: "people", open: null });
  });
});

describe("days", () => {
  it("begin and end at midnight here, and come back as they were typed", () => {
    expect(dayOf(beginOf("2026-03-01"))).toBe("2026-03-01");
    expect(dayOf(endOf("2026-12-31"))).toBe("2027-01-01");
    expect(lastDayOf(endOf("2026-12-31"))).toBe("2026-12-31");
  });

  it("that nobody typed are no moments", () => {
    expect([beginOf(""), endOf(""), beginOf("2026"), endOf("x-y-z")]).toEqual([null, null, null, null]);
    expect([dayOf(null), lastDayOf(null)]).toEqual(["", ""]);
  });
});

describe("a form", () => {
  it("sends what was typed differently, as the hub wants it, and nothing else", () => {
    const draft = { ...draftOfPerson(WANG), phone: " 139 ", cards: "8061550；99、7", birth_year: "2015", valid_until: "" };
    expect(changesOf(draft, draftOfPerson(WANG), WRITE_PERSON)).toEqual({
      phone: "139",
      cards: ["8061550", "99", "7"],
      birth_year: 2015,
      valid_until: null,
    });
    expect(changesOf(draftOfPerson(WANG), draftOfPerson(WANG), WRITE_PERSON)).toEqual({});
  });

  it("of somebody new leaves to the hub what nobody said", () => {
    expect(changesOf({ ...BLANK_PERSON, name: " 李明 " }, BLANK_PERSON, WRITE_PERSON)).toEqual({ name: "李明" });
    const car = { ...BLANK_VEHICLE, plate: "浙B·12345", valid_from: "2026-01-01" };
    expect(changesOf(car, BLANK_VEHICLE, WRITE_VEHICLE)).toEqual({ plate: "浙B·12345", valid_from: beginOf("2026-01-01") });
  });

  it("keeps what was typed when somebody was first, and undoes nothing of theirs", () => {
    const base = draftOfPerson(WANG);
    const mine = { ...base, phone: "139" };
    const now = draftOfPerson({ ...WANG, note: "搬到 502", phone: "137", version: 4 });
    const after = rebased(mine, base, now);
    expect(after).toEqual({ ...now, phone: "139" });
    expect(changesOf(after, now, WRITE_PERSON)).toEqual({ phone: "139" });
    expect(differing(base, now)).toEqual(["phone", "note"]);
  });

  it("takes cards however they are separated", () => {
    expect(cardsOf(" 1 2;3\n4 ")).toEqual(["1", "2", "3", "4"]);
    expect(cardsOf("")).toEqual([]);
  });
});

describe("a validity", () => {
  it("is over at its end and not begun before its begin", () => {
    const window = { valid_from: beginOf("2026-01-01"), valid_until: endOf("2026-12-31") };
    const at = (day: string): number => Date.parse(beginOf(day) ?? "");
    expect(validityOf(window, at("2025-12-31"))).toBe("not-yet");
    expect(validityOf(window, at("2026-12-31"))).toBe("valid");
    expect(validityOf(window, at("2027-01-01"))).toBe("over");
    expect(validityWords(window, t)).toBe("people.since 2026-01-01 people.until 2026-12-31");
    expect(validityWords({ valid_from: null, valid_until: null }, t)).toBe("people.long");
  });
});

describe("an access level in words", () => {
  it("names spans of days, nights and whole days", () => {
    expect(spansOf(["wed", "mon", "tue", "sun", "holiday"])).toEqual([
      ["mon", "wed"],
      ["sun", "sun"],
      ["holiday", "holiday"],
    ]);
    const week = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"];
    expect(periodWords({ days: week, from: "00:00", to: "24:00" }, t)).toBe("levels.daily levels.allDay");
    expect(periodWords({ days: ["sat"], from: "22:00", to: "06:00" }, t)).toBe("levelDay.sat levels.overnight 22:00 06:00");
    expect(periodWords({ days: [...week, "holiday"], from: "06:00", to: "22:00" }, t)).toMatch(/^levels.dailylevels.dayJoinlevelDay.holiday /);
  });

  it("names places by what stands there", () => {
    expect(placeWords("door/*", t, String)).toBe("levels.allDoors");
    expect(placeWords("gate/east-in", t, () => "东门入口")).toBe("东门入口");
  });

  it("goes into the form and out of it as it was", () => {
    const periods = [{ days: ["mon"], from: "06:00", to: "24:00" }];
    const level = { key: "k", title: { en: "Night" }, places: ["*"], periods, holidays: ["2026-10-01"], used: 2, version: 7 };
    const draft = draftOfLevel(level);
    expect(draft.periods[0]?.to).toBe("00:00");
    const { key, used, ...rest } = level;
    expect([levelRequest(draft, level), key, used]).toEqual([rest, "k", 2]);
    expect(levelRequest({ ...draftOfLevel(null), zh: " 夜班 " }, null)).toMatchObject({ title: { "zh-CN": "夜班" } });
  });

  it("is not sent while something is missing", () => {
    const whole = { ...draftOfLevel(null), key: "night-shift", zh: "夜班", periods: [newPeriod()] };
    expect(missingOfLevel(whole)).toBeNull();
    expect(missingOfLevel({ ...whole, key: "a b" })).toBe("levels.key");
    expect(missingOfLevel({ ...whole, zh: " " })).toBe("levels.titleZh");
    expect(missingOfLevel({ ...whole, periods: [{ ...newPeriod(), days: [] }] })).toBe("levels.days");
    expect(missingOfLevel({ ...whole, periods: [{ ...newPeriod(), from: "" }] })).toBe("levels.periods");
  });
});

const held = (state: ListState, lacking = 0): HeldList => ({
  list: "people",
  state,
  known: state !== "never",
  revision: 40 - lacking,
  head: 40,
  entries: 12,
  coming: null,
  behind_since: null,
});
const host = (name: string, online: boolean, ...lists: HeldList[]): HostLists => ({
  site: "hemei",
  host: name,
  online,
  heard: "2026-11-24T04:00:00.000Z",
  lists,
  devices: [],
});

describe("delivery", () => {
  it("stands as its worst list does", () => {
    expect(hostState(host("a", true, held("current"), held("pushing", 3)))).toBe("pushing");
    expect(hostState(host("a", true, held("never", 40), held("behind", 1)))).toBe("never");
    expect(hostState(host("a", false, held("current")))).toBe("away");
    expect(summaryOf(host("a", false, held("offline", 2), held("offline", 1)))).toMatchObject({ state: "offline", missing: 3 });
  });

  it("counts nothing as missing of what is current, and all of what begins anew", () => {
    expect(missingOf({ ...held("current"), revision: 0 })).toBe(0);
    expect(missingOf({ ...held("behind"), revision: 39 })).toBe(1);
    expect(missingOf({ ...held("behind"), revision: 50 })).toBe(40);
  });

  it("shows first what needs somebody, and calls a host that is away and lacks nothing up to date", () => {
    const all = [host("b", true, held("current")), host("c", false, held("current")), host("a", true, held("behind", 1))];
    const summaries = summariesOf(all);
    expect(summaries.map(({ host: { host: name } }) => name)).toEqual(["a", "c", "b"]);
    expect(waitingHosts(summaries)).toBe(1);
    for (const state of LIST_STATES) expect(HOST_KEYS).toHaveProperty(state);
  });
});

describe("a proof", () => {
  const withdrawal = { terminals: 3, open: 1, complete: false } as Withdrawal;

  it("says what is missing, and never that it is complete while it is not", () => {
    expect(proofLook(withdrawal, 0)).toMatchObject({ key: "proof.waits", count: 1, tone: "attention" });
    expect(proofLook(withdrawal, 1)).toMatchObject({ key: "proof.refused", count: 1, tone: "alarm" });
    expect(proofLook({ ...withdrawal, open: 0, complete: true }, 0)).toMatchObject({ key: "proof.complete", tone: "normal" });
    expect(proofLook({ ...withdrawal, terminals: 0, complete: true }, 0).key).toBe("proof.noTerminals");
  });
});

describe("an import", () => {
  const counts = { rows: 9, new: 3, changed: 2, unchanged: 1, bad: 3, conflict: 0, households: 1 };
  const made = { what: "people", counts } as Pick<Import, "what" | "counts">;

  it("says exactly what confirming does", () => {
    expect(deedsOf(made)).toEqual([
      { key: "importNew.people", count: 3 },
      { key: "importChange.people", count: 2 },
    ]);
    expect(deedsOf({ what: "blocked", counts: { ...counts, new: 0, changed: 0 } })).toEqual([]);
    expect(rowsToDo(made)).toBe(5);
  });

  it("is looked at from its faults on, and again while it moves", () => {
    expect(statesOf(made)).toEqual(["bad", "new", "changed", "unchanged"]);
    expect((["reading", "applying", "applied", "previewed"] as const).map((state) => isMoving({ state }))).toEqual([true, true, false, false]);
  });

  it("says what becomes of a row", () => {
    const cells = { name: "王芳", phone: "-", valid_until: "2026-12-31", building: "3", unit: "", number: "502" };
    expect(changesOfRow({ changes: ["phone", "room", "valid_until_ms"], cells })).toEqual([
      { field: "phone", text: "" },
      { field: "room", text: "3-502" },
      { field: "valid_until", text: "2026-12-31" },
    ]);
    expect(cellsOf({ cells: { name: "王芳", note: "" } })).toEqual([{ field: "name", text: "王芳" }]);
    for (const field of Object.keys(cells)) expect(words.registerField).toHaveProperty(field);
  });
});

describe("a refusal", () => {
  const refused = { kind: "refused", status: 409, code: "card-taken", detail: "card 1 is …", retryAfterS: null, problem: {} } as const;

  it("is said in the page's words where there are some, else in the hub's", () => {
    expect(spoken(refused, t)).toMatchObject({ detail: "registerCode.card-taken" });
    expect(spoken({ ...refused, code: "toString" }, t)).toMatchObject({ detail: "card 1 is …" });
    expect(spoken({ kind: "unreachable" }, t)).toEqual({ kind: "unreachable" });
    expect(spoken({ ...refused, code: "plate-taken" }, t)).toMatchObject({ detail: "registerCode.plate-taken" });
  });
});
