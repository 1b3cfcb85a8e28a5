import { describe, expect, it } from "vitest";
import { keyOf } from "./protocol";
import { alarm, changes, device, event, heartbeat, snapshot } from "./samples";
import { EVENTS_KEPT, NOTHING_YET, apply } from "./reducer";

const east = device("east-in");
const west = device("west-out");
const start = apply(snapshot({ cursor: 12, devices: [east, west] }), NOTHING_YET);

describe("a snapshot", () => {
  it("is the whole picture", () => {
    expect(start.whole).toBe(true);
    expect(start.cursor).toBe(12);
    expect([...start.devices.keys()]).toEqual(["hemei/gate/east-in", "hemei/gate/west-out"]);
  });

  it("replaces everything, also the devices that are gone", () => {
    const next = apply(snapshot({ cursor: 40, devices: [west] }), start);
    expect([...next.devices.keys()]).toEqual([keyOf(west)]);
  });

  it("takes over the limits that the hub announces", () => {
    expect(apply(snapshot({ cut_off_after_s: 7 }), NOTHING_YET).cutOffAfterS).toBe(7);
  });

  it("fills the ticker from the devices' last events, newest first", () => {
    const older = device("a", { last_event: { type: "hemei.gate.opened", time: "2026-01-01T00:00:01.000Z" } });
    const newer = device("b", { last_event: { type: "hemei.gate.closed", time: "2026-01-01T00:00:02.000Z" } });
    const { events } = apply(snapshot({ devices: [older, newer] }), NOTHING_YET);
    expect(events.map((line) => line.type)).toEqual(["hemei.gate.closed", "hemei.gate.opened"]);
  });

  it("of another run of the hub begins a new ticker", () => {
    const told = apply(changes(13, { events: [event(1)] }), start);
    expect(apply(snapshot({ stream: "another" }), told).events).toEqual([]);
    expect(apply(snapshot({}), told).events).toHaveLength(1);
  });
});

describe("changes", () => {
  it("replace the devices they name and leave the others as they are", () => {
    const moved = device("east-in", { version: 2 });
    const next = apply(changes(13, { devices: [moved] }), start);
    expect(next.devices.get(keyOf(east))).toBe(moved);
    expect(next.devices.get(keyOf(west))).toBe(west);
    expect(next.cursor).toBe(13);
  });

  it("leave the state before untouched", () => {
    apply(changes(13, { devices: [device("new")], removed: [keyOf(west)] }), start);
    expect(start.devices.size).toBe(2);
  });

  it("take away what is removed", () => {
    const next = apply(changes(13, { removed: [keyOf(west)] }), start);
    expect([...next.devices.keys()]).toEqual([keyOf(east)]);
  });

  it("say when the hub loses the broker, and when it is back", () => {
    const lost = apply(changes(13, { link: "offline" }), start);
    expect(lost).toMatchObject({ link: "offline", linkSinceMs: start.hubMs });
    expect(apply(changes(14, {}), lost).link).toBe("offline");
    expect(apply(changes(14, { link: "online" }), lost).link).toBe("online");
  });

  it("carry supervised processes when those change", () => {
    const restarted = [{ name: "drivers-gates", restarts: 1, since: "2026-01-01T00:00:00.000Z" }];
    const next = apply(changes(13, { processes: restarted }), start);
    expect(next.processes).toEqual(restarted);
    expect(apply(changes(14, {}), next).processes).toEqual(restarted);
  });

  it("bring events, newest first, none twice, not without end", () => {
    let state = apply(changes(13, { events: [event(1), event(2)] }), start);
    state = apply(changes(14, { events: [event(2), event(3)] }), state);
    expect(state.events.map((line) => line.seq)).toEqual([3, 2, 1]);
    const many = Array.from({ length: 100 }, (_, index) => event(index + 10));
    state = apply(changes(15, { events: many }), state);
    expect(state.events).toHaveLength(EVENTS_KEPT);
    expect(state.events[0]?.seq).toBe(109);
  });

  it("bring no event of the hub's own, such as its test alarm", () => {
    const own = { ...event(1), kind: "hub", device: "canary", type: "hemei.hub.canary" };
    expect(apply(changes(13, { events: [own, event(2)] }), start).events.map((line) => line.seq)).toEqual([2]);
  });

  it("do not show an event again that was known as a device's last one", () => {
    const told = event(5);
    const knowing = device("east-in", { last_event: { type: told.type, time: told.time } });
    const state = apply(snapshot({ cursor: 1, devices: [knowing] }), NOTHING_YET);
    expect(state.events.map((line) => line.seq)).toEqual([null]);
    expect(apply(changes(2, { events: [told] }), state).events.map((line) => line.seq)).toEqual([5]);
  });
});

describe("a gap", () => {
  it("in the changes asks for a snapshot and keeps the last whole picture", () => {
    const next = apply(changes(14, { devices: [device("lost-between")] }), start);
    expect(next.whole).toBe(false);
    expect(next.devices).toBe(start.devices);
    expect(next.cursor).toBe(12);
  });

  it("shows in a heartbeat too", () => {
    expect(apply(heartbeat(12), start).whole).toBe(true);
    expect(apply(heartbeat(13), start).whole).toBe(false);
    expect(apply(heartbeat(11), start).whole).toBe(false);
  });

  it("is closed by nothing but a snapshot", () => {
    const gap = apply(changes(14, {}), start);
    expect(apply(changes(13, {}), gap).whole).toBe(false);
    expect(apply(heartbeat(12), gap).whole).toBe(false);
    expect(apply(snapshot({ cursor: 20 }), gap).whole).toBe(true);
  });

  it("is what a stream is before its first snapshot", () => {
    expect(apply(heartbeat(0), NOTHING_YET)).toBe(NOTHING_YET);
    expect(apply(changes(1, { devices: [east] }), NOTHING_YET)).toBe(NOTHING_YET);
  });
});

describe("resuming", () => {
  it("goes on where the cursor stood", () => {
    const next = apply(changes(14, {}), apply(changes(13, { devices: [device("x")] }), start));
    expect(next).toMatchObject({ whole: true, cursor: 14, stream: "run-1" });
    expect(next.devices.size).toBe(3);
  });
});

describe("alarms", () => {
  const shed = alarm("shed");
  const known = apply(snapshot({ cursor: 1, alarms: [shed, alarm("done", { closed: shed.raised })] }), NOTHING_YET);

  it("of a snapshot are the open ones, and none in one of a hub that knows of none", () => {
    expect([...known.alarms.keys()]).toEqual(["shed"]);
    expect(start.alarms.size).toBe(0);
  });

  it("come and change, and the others stay as they are", () => {
    const seen = alarm("shed", { version: 2, state: "acknowledged", acknowledged_by: "user:li.wei" });
    const next = apply(changes(2, { alarms: [seen, alarm("gate")] }), known);
    expect([...next.alarms.keys()]).toEqual(["shed", "gate"]);
    expect(next.alarms.get("shed")).toBe(seen);
    expect(apply(changes(3, {}), next).alarms).toBe(next.alarms);
    expect(known.alarms.get("shed")).toBe(shed);
  });

  it("that are closed leave the list", () => {
    const closed = alarm("shed", { version: 3, closed: "2026-01-01T00:05:00.000Z" });
    expect(apply(changes(2, { alarms: [closed] }), known).alarms.size).toBe(0);
  });

  it("of the run before are forgotten with a new snapshot", () => {
    expect(apply(snapshot({ stream: "another" }), known).alarms.size).toBe(0);
  });
});

describe("who is on duty", () => {
  const duty = [{ post: "centre", title: { en: "Centre" }, manned: true, people: ["user:li.wei"] }];

  it("is not known until the hub says so, and then until it says otherwise", () => {
    expect(start.duty).toBeNull();
    const next = apply(changes(13, { duty }), start);
    expect(apply(changes(14, {}), next).duty).toBe(duty);
    expect(apply(changes(14, { duty: [] }), next).duty).toEqual([]);
  });
});

describe("the canary", () => {
  it("is late, and well again, when the hub says so", () => {
    const late = apply(changes(13, { canary: { ok: false, last: null } }), start);
    expect(apply(changes(14, {}), late).canary).toEqual({ ok: false, last: null });
    expect(apply(changes(14, { canary: { ok: true, last: "2026-01-01T00:00:00.000Z" } }), late).canary?.ok).toBe(true);
    expect(apply(changes(14, { canary: null }), late).canary).toBeNull();
    expect(start.canary).toBeNull();
  });
});

describe("figures of passes", () => {
  const counts = { inside: { resident: 3 }, inside_total: 3, long_stay: {}, in_today: 5, out_today: 2, refused_today: 0, last: null };

  it("are as last told", () => {
    const told = apply(changes(13, { passes: counts }), start);
    expect(start.passes).toBeNull();
    expect(apply(changes(14, {}), told).passes).toBe(told.passes);
    expect(apply(changes(14, { passes: null }), told).passes).toBeNull();
    expect(apply(snapshot({ passes: counts }), start).passes?.inside_total).toBe(3);
  });
});
