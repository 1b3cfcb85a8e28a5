import { describe, expect, it } from "vitest";
import type { Device, Site } from "@/live/protocol";
import { NOTHING_YET } from "@/live/reducer";
import type { LiveState } from "@/live/reducer";
import { firstSteps } from "./first-steps";
import type { Known } from "./first-steps";

const ADMIN = ["devices", "people", "tokens", "plans", "health"];
const NOTHING: Known = { password: null, people: null, tokens: null, parts: null };
const device = (kind: string, name: string, x: number | null): Device =>
  ({ site: "hemei", kind, device: name, location: { area: "a", floor: 0, x, y: x } }) as Device;

const state = (devices: readonly Device[], site: Partial<Site> = {}): LiveState => ({
  ...NOTHING_YET,
  site: { id: "hemei", title: {}, ...site },
  devices: new Map(devices.map((each) => [`hemei/${each.kind}/${each.device}`, each])),
});

const done = (of: LiveState, known: Partial<Known> = {}, may = ADMIN): Record<string, boolean | null> =>
  Object.fromEntries(firstSteps(of, { ...NOTHING, ...known }, may).map((each) => [each.step, each.done]));

describe("the first steps", () => {
  it("of an empty site are all open, and what is not known is not called done", () => {
    expect(done(state([]))).toEqual({
      password: null,
      guard: null,
      plan: false,
      device: false,
      placed: false,
      screen: null,
      backup: null,
    });
  });

  it("begin with an account for whoever came by a desk's link", () => {
    const [first] = firstSteps(state([]), { ...NOTHING, password: { own: false, set: false } }, ADMIN);
    expect(first).toEqual({ step: "account", done: false, place: "people", id: "+" });
  });

  it("count guards who may sign in, and screens", () => {
    const person = { name: "li", role: "guard", enabled: true, password: false, created: "", seen: null };
    const token = { name: "wall", role: "wall", created: "", expires: null, seen: null };
    expect(done(state([]), { people: [{ ...person, enabled: false }], tokens: [{ ...token, role: "guard" }] })).toMatchObject({
      guard: false,
      screen: false,
    });
    expect(done(state([]), { people: [person], tokens: [token] })).toMatchObject({ guard: true, screen: true });
  });

  it("want every device on a plan, by its driver or by hand; driver hosts stand nowhere", () => {
    const hosts = [device("driver", "gates", null)];
    expect(done(state(hosts))).toMatchObject({ device: false, placed: false });
    const gates = [...hosts, device("gate", "east", 0.5), device("gate", "west", null)];
    expect(done(state(gates))).toMatchObject({ device: true, placed: false });
    const placements = { "hemei/gate/west": ["site", 0.1, 0.2] } as const;
    const plans = [{ id: "site", title: {}, building: null, floor: null, picture: "/p", width: 1, height: 1 }];
    expect(done(state(gates, { placements, plans }))).toMatchObject({ plan: true, placed: true });
  });

  it("know a backup by when it was made, and nothing where the hub does not say", () => {
    const backup = { group: "backup", id: "backup", state: "attention", says: "no-backup", title: {}, figures: {}, since: null };
    expect(done(state([]), { parts: [] })).toMatchObject({ backup: null });
    expect(done(state([]), { parts: [backup] })).toMatchObject({ backup: false });
    expect(done(state([]), { parts: [{ ...backup, since: "2026-11-30T00:00:00.000Z" }] })).toMatchObject({ backup: true });
  });

  it("name only what somebody may do", () => {
    expect(Object.keys(done(state([]), {}, ["devices", "plans", "health"]))).toEqual([
      "password",
      "plan",
      "device",
      "placed",
      "backup",
    ]);
  });
});
