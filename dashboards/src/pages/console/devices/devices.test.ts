import { describe, expect, it } from "vitest";
import { device, property } from "@/live/samples";
import type { Device } from "@/live/protocol";
import type { ActionSchema, Asked, Schema } from "@/live/things";
import { judge } from "@/look/judge";
import { stepIn } from "../use-list-keys";
import { byHand, emptyDraft, fieldsOf, inputOf } from "./inputs";
import { grouped, idOfKey, keyOfId, matches, needsPerson, wanted } from "./listing";
import type { Row } from "./listing";
import { figuresOf, hourOf, samplesOf, sharesOf, staysOf, thinned, trendOption } from "./trend";
import { outcomeOf, unsent } from "./use-asking";

const LIVE = { cutOffSinceMs: null, link: "online", linkSinceMs: null, driver: null } as const;

function row(made: Device, changed: Partial<Row> = {}): Row {
  return { device: made, judgement: judge(made, LIVE), title: made.title["en"] ?? "", area: "East gate", alarms: 0, ...changed };
}

const calm = row(device("east-in"));
const door = row(device("lobby", { kind: "door", properties: { state: property("forced") } }), { area: "Lobby" });
const lost = row(device("west", { connectivity: "device-offline" }));

describe("the list of devices", () => {
  it("knows what needs a person: what alarms, is not live, or has an open alarm", () => {
    expect([calm, door, lost].map(needsPerson)).toEqual([false, true, true]);
    expect(needsPerson({ ...calm, alarms: 1 })).toBe(true);
  });

  it("is searched by words of title, area and id, in any order", () => {
    expect(matches(calm, "gate EAST-IN")).toBe(true);
    expect(matches(calm, "闸 east")).toBe(true);
    expect(matches(calm, "lobby")).toBe(false);
    const all = { text: "", kind: "", needing: false, by: "kind" } as const;
    expect(wanted([calm, door, lost], { ...all, kind: "gate" })).toEqual([calm, lost]);
    expect(wanted([calm, door, lost], { ...all, needing: true })).toEqual([door, lost]);
  });

  it("stands in groups, what needs a person first", () => {
    const host = row(device("gates", { kind: "driver" }));
    expect(grouped([host, calm, lost, door], "kind")).toEqual([
      { key: "gate", rows: [lost, calm] },
      { key: "door", rows: [door] },
      { key: "driver", rows: [host] },
    ]);
    const nowhere = { ...calm, area: "" };
    expect(grouped([nowhere, door, calm], "area").map(({ key }) => key)).toEqual(["East gate", "Lobby", ""]);
  });

  it("is walked through like the alarms, and names its devices in addresses", () => {
    expect(stepIn(["a", "b"], null, 1)).toBe("a");
    expect(stepIn(["a", "b"], "b", 1)).toBe("b");
    expect(stepIn(["a", "b"], "b", -1)).toBe("a");
    expect(stepIn([], "a", 1)).toBeNull();
    expect(keyOfId(idOfKey("hemei/gate/east-in"))).toBe("hemei/gate/east-in");
  });
});

const schema = (changed: Partial<Schema>): Schema => ({
  type: "string",
  title: null,
  titles: {},
  unit: null,
  minimum: null,
  maximum: null,
  enum: [],
  "hemei:history": true,
  ...changed,
});
const action = (properties: Record<string, Schema>): ActionSchema => ({
  title: null,
  titles: {},
  input: { properties, required: Object.keys(properties) },
  "hemei:timeout": 5,
});

describe("the input of an action", () => {
  const fields = fieldsOf(
    action({
      hold: schema({ type: "boolean" }),
      minutes: schema({ type: "integer", minimum: 1, maximum: 240 }),
      mode: schema({ enum: ["automatic", "off"] }),
    }),
  );
  const full = { hold: "false", minutes: " 15 ", mode: "off" };

  it("is what was filled in, as the device's description has it", () => {
    expect(inputOf(fields, full)).toEqual({ hold: false, minutes: 15, mode: "off" });
    expect(inputOf([], {})).toEqual({});
  });

  it.each([
    [{ ...full, hold: "" }, "hold"],
    [{ ...full, minutes: "" }, "minutes"],
    [{ ...full, minutes: "0" }, "minutes"],
    [{ ...full, minutes: "241" }, "minutes"],
    [{ ...full, minutes: "1.5" }, "minutes"],
    [{ ...full, mode: "on" }, "mode"],
    [emptyDraft(fields), "hold"],
  ])("of %j lacks %s", (draft, missing) => {
    expect(inputOf(fields, draft)).toBe(missing);
  });

  it("leaves out what machines ask for, and lets an order be empty", () => {
    expect(byHand({ kind: "charger", actions: ["start", "stop"] })).toEqual(["stop"]);
    expect(inputOf(fieldsOf(action({ order: schema({}) })), { order: "" })).toEqual({ order: "" });
    expect(inputOf(fieldsOf(action({ text: schema({}) })), { text: "" })).toBe("text");
  });
});

describe("the outcome of an action", () => {
  const asked = (status: string, error: Asked["error"] = null): Asked => ({
    id: "1",
    action: "open",
    input: {},
    issuer: "user:li",
    reason: "",
    requested: "",
    expires: "",
    status,
    ended: null,
    error,
  });

  it("is what the device shows; where nobody can tell, it is unknown", () => {
    expect(outcomeOf(asked("succeeded")).end).toBe("succeeded");
    expect(outcomeOf(asked("refused", { code: "fire", message: "m" }))).toEqual({ end: "refused", code: "fire", message: "m" });
    expect(outcomeOf(asked("failed", { code: "timeout", message: "" })).end).toBe("failed");
    expect(outcomeOf(asked("failed", { code: "outcome-unknown", message: "" })).end).toBe("unknown");
    expect(outcomeOf(asked("something-new")).end).toBe("unknown");
  });

  it("is a refusal where the hub sends nothing, and unknown where nobody answers", () => {
    expect(unsent({ kind: "unreachable" }).end).toBe("unknown");
    const refused = { kind: "refused", status: 409, code: "link-offline", detail: "d", retryAfterS: null, problem: {} } as const;
    expect(unsent(refused)).toEqual({ end: "refused", code: "link-offline", message: "d" });
    expect(unsent({ ...refused, status: 403 }).code).toBe("forbidden");
  });
});

const MINUTE = 60_000;
const at = (minute: number, value: number | string | null) => ({ ts: new Date(minute * MINUTE).toISOString(), value });

describe("a trend", () => {
  it("carries the value from before over to where it begins", () => {
    const points = [at(1, "closed"), at(5, "open"), at(20, "closed")];
    expect(samplesOf(points, 3 * MINUTE, 10 * MINUTE, false)).toEqual([
      { ms: 3 * MINUTE, value: "closed" },
      { ms: 5 * MINUTE, value: "open" },
    ]);
    expect(samplesOf([at(5, 1)], 3 * MINUTE, 10 * MINUTE, true)).toEqual([{ ms: 5 * MINUTE, value: true }]);
    expect(hourOf(61 * MINUTE)).toBe(60 * MINUTE);
  });

  it("of a state is for how long it was what, and says where nobody knows", () => {
    const samples = samplesOf([at(2, "open"), at(4, "closed"), at(5, "open")], 0, 10 * MINUTE, false);
    const stays = staysOf(samples, 0, 10 * MINUTE, 7 * MINUTE);
    expect(stays.map(({ value, fromMs, toMs }) => [value, fromMs / MINUTE, toMs / MINUTE])).toEqual([
      [undefined, 0, 2],
      ["open", 2, 4],
      ["closed", 4, 5],
      ["open", 5, 7],
      [undefined, 7, 10],
    ]);
    expect(sharesOf(stays).map(({ value, ms, times }) => [value, ms / MINUTE, times])).toEqual([
      ["open", 4, 2],
      ["closed", 1, 1],
      [undefined, 5, 2],
    ]);
    expect(staysOf([], 0, 10, 10)).toEqual([{ fromMs: 0, toMs: 10, value: undefined }]);
  });

  it("of a number has extremes, is thinned for those who hear it, and holds each value", () => {
    const samples = [3, 1, 2].map((value, ms) => ({ ms, value }));
    expect(figuresOf(samples)).toEqual({ lowest: 1, highest: 3, last: 2 });
    expect(figuresOf(samples, [{ ms: 0, value: -1 }], [{ ms: 0, value: 9 }])).toEqual({ lowest: -1, highest: 9, last: 2 });
    expect(figuresOf([{ ms: 0, value: null }])).toBeNull();
    expect(thinned([1, 2, 3, 4, 5], 3)).toEqual([1, 3, 5]);
    const drawn = { name: "n", unit: "%", fromMs: 0, toMs: 9, samples, lows: [], highs: [], moment: String, say: String, step: true };
    const look = { text: "", quiet: "", line: "", raised: "", moving: "", attention: "", alarm: "", font: "", rem: 16 };
    expect(trendOption(drawn, look as never).series).toMatchObject([{ step: "end", data: [[0, 3], [1, 1], [2, 2]] }]);
  });
});
