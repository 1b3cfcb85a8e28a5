import { computed } from "vue";
import { describe, expect, it } from "vitest";
import { alarm, device, property } from "@/live/samples";
import type { Device } from "@/live/protocol";
import { NOTHING_YET } from "@/live/reducer";
import type { LiveState } from "@/live/reducer";
import { CAPTION_LETTERS, captions, wordsWide } from "./captions";
import type { Marked } from "./captions";
import { apart, gather, isCrowd } from "./crowd";
import { SMALLEST_REM } from "./letters";
import { callingAt, marksOf } from "./marks";
import type { Mark } from "./marks";
import { spotsOf, standing } from "./on-plan";
import { floorOf, isSaid, markLook } from "./plan-look";

const CLEAR = { cutOffSinceMs: null, link: "online", linkSinceMs: null, driver: null } as const;
const pathTo = () => CLEAR;
const at = (id: string, x: number, y: number, changed: Partial<Device> = {}) =>
  device(id, { location: { area: "yard", floor: 0, x, y }, ...changed });
const fire = (id: string, device: string, priority: string) =>
  alarm(id, { kind: "gate", device, priority } as Parameters<typeof alarm>[1]);

describe("a crowd on a plan", () => {
  const spots = [
    { key: "a", x: 0.1, y: 0.1 },
    { key: "b", x: 0.15, y: 0.2 },
    { key: "c", x: 0.9, y: 0.9 },
  ];

  it("is one where markers would fill more than half of it", () => {
    expect(isCrowd(spots, { x: 0.3, y: 0.3 })).toBe(false);
    expect(isCrowd(spots, { x: 0.5, y: 0.5 })).toBe(true);
  });

  it("stands in squares, each thing in exactly one, who is alone by itself", () => {
    const [group, alone] = gather(spots, { x: 0.25, y: 0.25 });
    expect(group).toMatchObject({ x: 0.125, y: 0.15000000000000002, members: ["a", "b"] });
    expect(alone).toEqual(apart(spots)[2]);
  });
});

describe("a group of devices", () => {
  const fault = { state: property("fault") };

  it("looks as the worst of them, and says how many need a person", () => {
    const look = markLook([device("well"), device("odd", { connectivity: "unknown" }), device("bad", { properties: fault })], pathTo);
    expect([look.tone, look.device.device, look.needing]).toEqual(["alarm", "bad", 2]);
    expect(isSaid(look)).toBe(true);
  });

  it("names the device whose alarm calls, and hides no other that is worse", () => {
    const devices = [device("called"), device("bad", { properties: fault })];
    const look = markLook(devices, pathTo, [fire("1", "called", "low")]);
    expect([look.tone, look.device.device, look.alarm?.id, look.needing]).toEqual(["alarm", "called", "1", 2]);
  });

  it("is calm if all are, and shows what moves", () => {
    const look = markLook([device("well"), device("moves", { properties: { state: property("opening") } })], pathTo);
    expect([look.tone, look.device.device, look.needing, isSaid(look)]).toEqual(["moving", "moves", 0, false]);
  });
});

describe("marks", () => {
  const devices = [at("a", 0.1, 0.1), at("b", 0.15, 0.2), at("c", 0.9, 0.9)];
  const stateOf = (all: readonly Device[], alarms: readonly ReturnType<typeof alarm>[] = []): LiveState => ({
    ...NOTHING_YET,
    devices: new Map(all.map((each) => [`hemei/gate/${each.device}`, each])),
    alarms: new Map(alarms.map((each) => [each.id, each])),
  });
  const marks = (state: LiveState, before?: ReadonlyMap<string, Mark>) => {
    const standings = standing([...state.devices.values()], null);
    const placed = gather(spotsOf(standings), { x: 0.25, y: 0.25 });
    return marksOf(placed, standings, callingAt(placed, state), pathTo, before);
  };

  it("of a group have all alarms of it, the gravest first", () => {
    const state = stateOf(devices, [fire("mild", "a", "low"), fire("grave", "b", "critical")]);
    const [group, alone] = [...marks(state).values()];
    expect(group?.calling.map(({ id }) => id)).toEqual(["grave", "mild"]);
    expect(group?.look.value.device.device).toBe("b");
    expect([group?.group, alone?.group, alone?.calling]).toEqual([true, false, []]);
  });

  it("are the same objects while nothing happens there", () => {
    const before = marks(stateOf(devices));
    const standings = standing(devices, null);
    const placed = gather(spotsOf(standings), { x: 0.25, y: 0.25 });
    const first = marksOf(placed, standings, new Map(), pathTo);
    const news = [devices[0] as Device, devices[1] as Device, at("c", 0.9, 0.9, { version: 2 })];
    const next = marksOf(placed, standing(news, null, standings), new Map(), pathTo, first);
    const key = [...before.keys()][0] ?? "";
    expect(next.get(key)).toBe(first.get(key));
    expect(next.get("hemei/gate/c")).not.toBe(first.get("hemei/gate/c"));
  });

  it("are looked at anew when the way to their devices changes", () => {
    const look = computed(() => markLook([device("a")], () => ({ ...CLEAR, link: "offline" })));
    expect([look.value.tone, look.value.needing]).toEqual(["stale", 1]);
  });
});

describe("captions", () => {
  const room = { wide: 20, high: 10 };
  const marked = (key: string, x: number, y: number, changed: Partial<Marked> = {}): Marked => ({
    ...{ key, x, y, wide: 1.5, high: 1.5, under: 0, words: "烟雾报警", must: false },
    ...changed,
  });

  it("have letters that the farthest viewer can read", () => {
    expect(CAPTION_LETTERS).toBeGreaterThanOrEqual(SMALLEST_REM);
    expect(wordsWide("漏水")).toBeCloseTo(2.25);
  });

  it("stand below, or where neither a marker nor other words are", () => {
    const found = captions([marked("a", 10, 5), marked("b", 10, 7, { words: "" }), marked("low", 4, 9.2)], room);
    expect([...found]).toEqual([["a", "above"], ["low", "above"]]);
  });

  it("are left out where there is no room, but never of a device by itself that needs a person", () => {
    const narrow = { wide: 4.5, high: 2.5 };
    const crowd = [marked("a", 2.2, 0.8), marked("b", 2.2, 1.2), marked("c", 2.2, 1, { must: true })];
    expect([...captions(crowd, narrow).keys()]).toEqual(["c"]);
  });
});

it("floors are said as lifts show them", () => {
  const on = (floor: number) => device("a", { location: { area: "a", floor, x: 0, y: 0 } });
  expect([floorOf(on(0), null), floorOf(on(-1), null), floorOf(on(3), null), floorOf(on(-1), "B1")]).toEqual([null, "B1", "3F", null]);
});
