import { describe, expect, it } from "vitest";
import { BEGIN, HELD_MS, STAY_MS, goOn, hold, release } from "./tour";
import type { Seen, Tour } from "./tour";

const STOPS = ["site", "b1", "b2"];
const seen = (nowMs: number, changed: Partial<Seen> = {}): Seen => ({ stops: STOPS, calls: [], nowMs, ...changed });
const began = goOn(BEGIN, seen(0));
const call = (alarm: string, plan: string) => ({ alarm, plan });

describe("the tour", () => {
  it("shows one plan after another, and the first after the last", () => {
    const shown: (string | null)[] = [];
    let tour: Tour = BEGIN;
    for (let ms = 0; ms < 4 * STAY_MS; ms += STAY_MS / 3) {
      tour = goOn(tour, seen(ms));
      shown.push(tour.at);
    }
    expect(shown).toEqual(["site", "b1", "b2", "site"].flatMap((each) => [each, each, each]));
  });

  it("is the same object while nothing changes, and stays where there is but one plan", () => {
    expect(goOn(began, seen(STAY_MS - 1))).toBe(began);
    const alone = goOn(BEGIN, seen(0, { stops: ["site"] }));
    expect(goOn(alone, seen(10 * STAY_MS, { stops: ["site"] }))).toBe(alone);
  });

  it("jumps to a new grave alarm and stays there until it is acknowledged", () => {
    const calling = { calls: [call("a", "b2")] };
    const jumped = goOn(began, seen(1000, calling));
    expect(jumped.at).toBe("b2");
    expect(goOn(jumped, seen(20 * STAY_MS, calling)).at).toBe("b2");
    expect(goOn(jumped, seen(20 * STAY_MS)).at).toBe("site");
  });

  it("goes between the plans that have one, and to a newer one at once, also from what somebody holds", () => {
    const two = [call("b", "b1"), call("a", "b2")];
    const held = hold(goOn(began, seen(0, { calls: [call("a", "b2")] })), 1000, "site");
    const second = goOn(held, seen(2000, { calls: two }));
    expect(second.at).toBe("b1");
    expect(goOn(second, seen(2000 + STAY_MS, { calls: two })).at).toBe("b2");
    expect(goOn(second, seen(2000, { calls: [call("c", "none"), ...two] }))).toBe(second);
  });

  it("waits for whoever touches it, then goes on; with an alarm, it goes back there", () => {
    const held = hold(began, 1000, "b2");
    expect(goOn(held, seen(HELD_MS)).at).toBe("b2");
    expect(goOn(held, seen(1000 + HELD_MS)).at).toBe("site");
    expect(goOn(release(held, 2000), seen(2000 + STAY_MS)).at).toBe("site");
    const calling = { calls: [call("a", "b1")] };
    const looking = hold(goOn(began, seen(0, calling)), 1000, "site");
    expect(goOn(looking, seen(HELD_MS, calling)).at).toBe("site");
    expect(goOn(looking, seen(2000 + HELD_MS, calling)).at).toBe("b1");
  });

  it("leaves a plan that is gone", () => {
    expect(goOn(hold(began, 0, "b2"), seen(1, { stops: ["site"] })).at).toBe("site");
    expect(goOn(began, seen(1, { stops: [] })).at).toBe(null);
  });
});
