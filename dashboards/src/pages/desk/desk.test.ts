import { readFileSync } from "node:fs";
import { beforeEach, describe, expect, it } from "vitest";
import en from "@/i18n/en";
import { keepZone } from "@/i18n/zone";
import { KINDS, REVEALS, STATES } from "@/live/disclosures";
import type { Basis } from "@/live/disclosures";
import { alarm } from "@/live/samples";
import { failingWords } from "./feed/failing";
import { STATE_LOOKS, hindranceOf, lookOf } from "./looks";
import { glossOf, shownCell } from "./preview/cells";
import { groupsOf, stockScript, windowsCommand } from "./register/commands";
import { amountWords } from "./register/sizes";
import { isPersonal, registerWanted } from "./register/filters";
import { emptyDraft, excessOf, missingOf, pickAlarm, pickPass, scopeOf, takeScope, unpickAll, wantedOf } from "./request/draft";
import { alarmToHand, placesFor, routeOf } from "./route";
import { NO_FILTERS, alarmsWanted, passesWanted, plateSought, scopeOfFound } from "./search/filters";

const NOON = Date.parse("2026-11-24T04:00:30Z");
const pass = { seq: 7, at: "2026-11-24T00:03:10.000Z", plate: "浙B12345", kind: "gate", device: "east-in" };
const basis: Basis = {
  key: "missing-person",
  title: { zh: "走失", en: "Missing" },
  document: { zh: "说明", en: "Statement" },
  kinds: ["passes"],
  fields: {},
  reveals: ["plates"],
  longest_days: 3,
  release_days: 1,
  subject: true,
};

beforeEach(() => keepZone("Asia/Shanghai"));

describe("a place of the desk", () => {
  const me = (...permissions: string[]) => ({ name: "user:li", role: "liaison", permissions });

  it("is shown to whoever may see it", () => {
    expect(placesFor(me("disclose", "disclosures", "feed"))).toEqual(["search", "request", "register", "feed"]);
    expect(placesFor(me("alarms"))).toEqual([]);
  });

  it("may name an alarm that is to be handed over", () => {
    expect(alarmToHand(routeOf("#/request/alarm~0af1").id)).toBe("0af1");
    expect(alarmToHand("0af1")).toBeNull();
    expect(alarmToHand(null)).toBeNull();
  });

  it("says why somebody cannot decide", () => {
    const request = { state: "requested", requested_by: "user:li" };
    expect(hindranceOf(request, me("release"))).toBe("own");
    expect(hindranceOf({ ...request, requested_by: "user:wang" }, me("release"))).toBeNull();
    expect(hindranceOf({ ...request, requested_by: "user:wang" }, me("disclose"))).toBe("noRelease");
    expect(hindranceOf({ ...request, state: "ready" }, me("release"))).toBe("decided");
  });
});

describe("a search", () => {
  it("ends now, so that everything found stays what was found", () => {
    const filters = { ...NO_FILTERS, place: "gate/*", plate: " 浙B* " };
    const [from, to] = ["2026-11-23T16:00:00.000Z", "2026-11-24T04:01:00.000Z"];
    expect(passesWanted(filters, NOON)).toEqual({ from, to, place: ["gate/*"], plate: "浙B*" });
    expect(scopeOfFound("passes", filters, NOON)).toMatchObject({
      from_ms: Date.parse(from),
      to_ms: Date.parse(to),
      kinds: ["passes"],
      devices: ["gate/*"],
      plate: "浙B*",
    });
    expect(alarmsWanted(filters, NOON)).toMatchObject({ before: to, kind: "gate", device: "" });
    expect(passesWanted({ ...NO_FILTERS, span: "own" }, NOON)).toBeNull();
  });

  it("finds what people remember of a plate, and whole plates as they are", () => {
    expect(["", " 307 ", "浙C3", "浙C30742", "浙CD18949", "浙C?", "*42"].map(plateSought)).toEqual(["", "*307*", "*浙C3*", "浙C30742", "浙CD18949", "浙C?", "*42"]);
  });
});

describe("a request", () => {
  it("asks for what was ticked and for nothing beside it", () => {
    const draft = emptyDraft();
    pickPass(draft, pass, true);
    pickAlarm(draft, alarm("a1", { raised: "2026-11-24T00:10:00.000Z" }), true);
    expect(scopeOf(draft)).toMatchObject({
      from_ms: Date.parse("2026-11-24T00:03:00Z"),
      to_ms: Date.parse("2026-11-24T00:11:00Z"),
      kinds: ["passes", "alarms"],
      passes: [7],
      alarms: ["a1"],
    });
    unpickAll(draft);
    expect(draft.about).toBe("stretch");
    expect(scopeOf(draft)).toBeNull();
  });

  it("takes everything found, minute by minute", () => {
    const draft = emptyDraft();
    const scope = { from_ms: Date.parse("2026-11-23T16:00:00Z"), to_ms: Date.parse("2026-11-24T04:01:00Z"), kinds: ["passes" as const], devices: ["door/lobby-3"] };
    takeScope(draft, scope);
    expect(draft.from).toBe("2026-11-24T00:00");
    expect(scopeOf(draft)).toMatchObject({ ...scope, plate: null });
  });

  it("says what is missing, and then is what the hub is told", () => {
    const draft = emptyDraft();
    expect(missingOf(draft)).toEqual(["basis", "document", "caseNumber", "unit", "officers", "purpose", "scope"]);
    pickPass(draft, pass, true);
    Object.assign(draft, { basis: "criminal", document: " 12 ", caseNumber: "A1", unit: "东门所", purpose: "查车", recipients: " age1a\nage1b " });
    draft.officers = [{ name: "王警官", number: "012345" }, { name: "", number: "" }];
    expect(missingOf(draft)).toEqual([]);
    expect(wantedOf(draft)).toMatchObject({
      document_number: "12",
      officers: [{ name: "王警官", number: "012345" }],
      recipients: ["age1a", "age1b"],
    });
  });

  it("is told what its basis does not allow", () => {
    const scope = { from_ms: 0, to_ms: 4 * 86_400_000, kinds: ["passes" as const, "alarms" as const] };
    expect(excessOf(basis, scope)).toEqual(["kinds", "days", "subject"]);
    expect(excessOf(basis, { from_ms: 0, to_ms: 1, kinds: ["passes"], passes: [1] })).toEqual([]);
  });
});

describe("what left", () => {
  it("has a look and words for every state, kind and word", () => {
    expect(Object.keys(STATE_LOOKS)).toEqual([...STATES]);
    expect(Object.keys(en.deskState)).toEqual([...STATES]);
    expect(Object.keys(en.deskKind)).toEqual([...KINDS]);
    expect(Object.keys(en.deskReveal)).toEqual([...REVEALS]);
    expect(lookOf("odd").tone).toBe("unknown");
  });

  it("is counted in rows, files or bytes, by what is being done", () => {
    expect(amountWords("writing", 2048, String)).toBe("2 KiB");
    expect(amountWords("sheets", 3, String)).toBe("3");
  });

  it("is told why it does not, where the feed is cut off", () => {
    expect(failingWords("/VIID/System/Register: ConnectError", (key) => key)).toBe("feedFailing.unreachable");
    expect(failingWords("a new one", (key) => key)).toBe("a new one");
  });

  it("is sought by one thing; who is sought is never sought again unasked", () => {
    expect(registerWanted({ state: "ready", by: "plate", sought: " 浙B1 " })).toEqual({ state: "ready", plate: "浙B1" });
    expect(isPersonal({ state: "", by: "person", sought: "r-1" })).toBe(true);
    expect(isPersonal({ state: "", by: "text", sought: "x" })).toBe(false);
  });

  it("is checked with stock commands; what is encrypted is opened first", () => {
    const written = readFileSync(new URL("../../../../docs/police-bundle.md", import.meta.url), "utf8");
    const script = /```sh\n(set -eu\n[^`]*)```/.exec(written)?.[1]?.replace(/^(N=\S+).*$/m, "$1");
    expect(stockScript({ name: "2026-0007.zip" })).toBe(script);
    expect(stockScript({ name: "2026-0007.zip.age" })).toContain('age -d -i key.txt -o "$N.zip" "$N.zip.age"');
  });

  it("is compared by eye eight digits at a time, on Windows with what it brings", () => {
    const digest = "0123abcd".repeat(8);
    expect(groupsOf(digest)).toEqual(Array.from({ length: 8 }, () => "0123abcd"));
    expect(groupsOf("")).toEqual([]);
    expect(windowsCommand({ name: "2026-0007.zip.age" })).toBe("certutil -hashfile 2026-0007.zip.age SHA256");
  });

  it("is shown as it leaves, with words for whoever does not know the device's", () => {
    const speech = { named: (key: string) => key, happened: (type: string) => type, title: (device: string) => device, area: (key: string) => key };
    expect(shownCell("x".repeat(99))).toHaveLength(65);
    expect(glossOf("outcome", "passed", "gate", speech)).toBe("passOutcome.passed");
    expect(glossOf("device", "east-in", "gate", speech)).toBe("gate/east-in");
    expect(glossOf("plate", "B12345", "gate", speech)).toBe("");
    expect(glossOf("person", "r-***", "gate", speech)).toBe("");
  });
});
