import { describe, expect, it } from "vitest";
import en from "@/i18n/en";
import { DEEDS } from "@/live/alarm-calls";
import { ALARM_STATES } from "@/live/alarms";
import { alarm, alarmDetail } from "@/live/samples";
import { choicesFor } from "./deeds";
import { draftOf, forgetDraft, saidWith } from "./drafts";
import { absence, showsAs } from "@/live/evidence";
import { meanwhile, seenUpTo } from "./meanwhile";
import { legsOf } from "./trace";
import { newest } from "./use-case";

const entry = (n: number, kind: string, who = "user:li.wei") => ({
  n,
  ts: "2026-01-01T00:00:00.000Z",
  kind,
  who,
  post: null,
  note: "",
  data: {},
});

describe("what can be done", () => {
  const offered = (changed: Parameters<typeof alarm>[1]) =>
    Object.fromEntries(choicesFor(alarm("a", changed)).map(({ deed, hindered }) => [deed, hindered]));

  it.each(ALARM_STATES)("to an alarm that is %s has words, and a comment is always one of it", (state) => {
    for (const latching of [true, false]) {
      const choices = choicesFor(alarm("a", { state, latching }));
      expect(choices.map(({ deed }) => deed)).toContain("comment");
      for (const { deed, hindered } of choices) {
        expect(DEEDS).toContain(deed);
        expect(en.deed[deed]).toBeTypeOf("string");
        if (hindered !== null) expect(en.hindered).toHaveProperty(hindered.slice("hindered.".length));
      }
    }
  });

  it("begins with acknowledging, as long as nobody has", () => {
    expect(choicesFor(alarm("a"))[0]).toEqual({ deed: "acknowledge", hindered: null, asks: false });
    expect(offered({ state: "returned-unacknowledged" })).toHaveProperty("acknowledge");
    expect(offered({ state: "acknowledged" })).not.toHaveProperty("acknowledge");
  });

  it("to a latching alarm is a reset, once it is acknowledged and over", () => {
    expect(offered({ latching: true })).toMatchObject({ reset: "hindered.unacknowledged" });
    expect(offered({ latching: true, state: "acknowledged" })).toMatchObject({ reset: "hindered.active" });
    expect(offered({ latching: true, state: "acknowledged", active: false })).toMatchObject({ reset: null });
    expect(offered({ latching: true })).not.toHaveProperty("close");
  });

  it("to any other is to close it, and a second person reviews what needs it", () => {
    expect(offered({ state: "acknowledged" })).toMatchObject({ close: null });
    expect(offered({})).toMatchObject({ close: "hindered.unacknowledged" });
    expect(offered({ state: "normal", review: true })).toMatchObject({ review: null });
    expect(offered({ state: "normal", review: true })).not.toHaveProperty("close");
  });

  it("to a shelved one is to take it off the shelf, to one out of service not to shelve it", () => {
    expect(offered({ suppression: "shelved" })).toHaveProperty("unshelve");
    expect(offered({})).not.toHaveProperty("unshelve");
    expect(offered({ suppression: "out-of-service" })).not.toHaveProperty("shelve");
  });
});

describe("what was typed", () => {
  const now = Date.parse("2026-01-01T00:00:00.000Z");

  it("stays until it is forgotten, for each alarm and deed", () => {
    draftOf("a", "shelve").text = "being mended";
    expect(draftOf("a", "shelve").text).toBe("being mended");
    expect(draftOf("a", "comment").text).toBe("");
    expect(draftOf("b", "shelve").text).toBe("");
    forgetDraft("a", "shelve");
    expect(draftOf("a", "shelve").text).toBe("");
  });

  const draft = { text: " why ", to: "li.wei", minutes: 30, forced: false };

  it("is sent as the hub wants it", () => {
    expect(saidWith("shelve", draft, now)).toEqual({ reason: "why", until: "2026-01-01T00:30:00.000Z" });
    expect(saidWith("assign", draft, now)).toEqual({ to: "user:li.wei" });
    expect(saidWith("assign", { ...draft, to: "token:robot" }, now)).toEqual({ to: "token:robot" });
    expect(saidWith("comment", draft, now)).toEqual({ text: "why" });
    expect(saidWith("close", draft, now)).toEqual({ note: "why", forced: false });
    expect(saidWith("acknowledge", draft, now)).toEqual({});
  });

  it("must not be missing", () => {
    const empty = { text: "  ", to: " ", minutes: 30, forced: false };
    expect(["shelve", "assign", "comment", "close"].map((deed) => saidWith(deed as "shelve", empty, now))).toEqual([
      "reason",
      "to",
      "text",
      "note",
    ]);
  });
});

describe("what others did meanwhile", () => {
  const detail = alarmDetail("a", {
    timeline: [entry(4, "commented"), entry(1, "raised", "hub"), entry(3, "acknowledged"), entry(2, "told", "hub"), entry(5, "linked", "hub")],
  });

  it("is what a person did after the last entry that was seen, oldest first", () => {
    expect(meanwhile(detail, 1).map(({ kind }) => kind)).toEqual(["acknowledged", "commented"]);
    expect(meanwhile(detail, 3).map(({ kind }) => kind)).toEqual(["commented"]);
    expect(seenUpTo(detail)).toBe(5);
    expect(seenUpTo(null)).toBe(0);
  });
});

describe("the newest that is known", () => {
  it("is whichever is ahead, and a closed one stays closed", () => {
    const live = alarm("a", { version: 3 });
    expect(newest(live, alarmDetail("a", { version: 2 }))).toBe(live);
    expect(newest(live, alarmDetail("a", { version: 4 }))?.version).toBe(4);
    expect(newest(live, alarmDetail("a", { version: 3, closed: live.raised }))?.closed).toBe(live.raised);
    expect(newest(undefined, null)).toBeNull();
    expect(newest(live, null)).toBe(live);
  });
});

describe("the trace", () => {
  const at = (ms: number) => new Date(1_767_225_600_000 + ms).toISOString();

  it("is one leg for each hop that was measured", () => {
    const { machine, totalMs, peopleMs } = legsOf({
      device: at(0),
      received: at(20),
      committed: null,
      raised: at(30),
      pushed: at(40),
      acknowledged: at(9_040),
    });
    expect(machine).toEqual([
      { hop: "received", ms: 20, from: 0, share: 0.5 },
      { hop: "raised", ms: 10, from: 0.5, share: 0.25 },
      { hop: "pushed", ms: 10, from: 0.75, share: 0.25 },
    ]);
    expect(totalMs).toBe(40);
    expect(peopleMs).toBe(9_000);
  });

  it("shows two clocks that differ, and draws nothing outside", () => {
    const { machine } = legsOf({ device: at(50), received: at(0), raised: at(100) });
    expect(machine[0]).toMatchObject({ hop: "received", ms: -50 });
    for (const leg of machine) {
      expect(leg.from).toBeGreaterThanOrEqual(0);
      expect(leg.from + leg.share).toBeLessThanOrEqual(1);
      expect(leg.share).toBeGreaterThanOrEqual(0);
    }
  });

  it("of an alarm that nobody traced is empty", () => {
    expect(legsOf({})).toEqual({ machine: [], totalMs: 0, peopleMs: null });
  });
});

describe("evidence", () => {
  const sha256 = "a".repeat(64);

  it("is shown as what it is, while it is there", () => {
    expect(["picture", "snapshot", "clip", "data"].map((kind) => showsAs({ kind, sha256 }))).toEqual([
      "picture",
      "picture",
      "clip",
      "file",
    ]);
    expect(showsAs({ kind: "clip", sha256: null })).toBe("nothing");
    expect(showsAs({ kind: "clip", sha256, gone: "2026-01-01T00:00:00.000Z" })).toBe("nothing");
  });

  it("that is not there says why", () => {
    expect(absence({ kind: "clip", state: "asked" })).toBe("planned");
    expect(absence({ kind: "clip", state: "failed", error: "offline" })).toBe("failed");
    expect(absence({ kind: "clip", state: "done", gone: "2026-01-01T00:00:00.000Z" })).toBe("gone");
  });
});
