import { describe, expect, it } from "vitest";
import { HubTime } from "./hub-time";

describe("the hub's time", () => {
  it("is fixed by the first frame of a connection", () => {
    const time = new HubTime();
    expect(time.offsetMs).toBeNull();
    expect(time.take(10_000, 400)).toBe(0);
    expect(time.offsetMs).toBe(9_600);
  });

  it("shows a frame that was held up", () => {
    const time = new HubTime();
    time.take(10_000, 0);
    expect(time.take(11_000, 6_000)).toBeGreaterThan(4_900);
  });

  it("is corrected at once by a frame that came faster", () => {
    const time = new HubTime();
    time.take(10_000, 50);
    expect(time.take(11_000, 1_000)).toBe(0);
    expect(time.offsetMs).toBe(10_000);
  });

  it("follows a hub whose clock runs a little slow", () => {
    const time = new HubTime();
    for (let second = 0; second < 100_000; second += 10) {
      expect(time.take(second * 1000 * 0.9998, second * 1000)).toBeLessThan(1);
    }
  });

  it("begins anew with a new connection, and until then goes on as before", () => {
    const time = new HubTime();
    time.take(50_000, 0);
    time.restart();
    expect(time.offsetMs).toBe(50_000);
    expect(time.take(20_000, 0)).toBe(0);
    expect(time.offsetMs).toBe(20_000);
  });
});
