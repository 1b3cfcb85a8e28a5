import { describe, expect, it } from "vitest";
import { processLook } from "./process";

const since = "2026-01-01T00:00:00.000Z";
const minutesLater = (minutes: number): number => Date.parse(since) + minutes * 60_000;
const look = (state: string | undefined, restarts: number, minutes = 1, cutOff = false) =>
  processLook({ name: "hub", since, restarts, ...(state === undefined ? {} : { state }) }, cutOff, minutesLater(minutes));

describe("the look of a process", () => {
  it("is calm while it runs", () => {
    expect(look("running", 0).tone).toBe("normal");
    expect(look(undefined, 0).tone).toBe("normal");
  });

  it("draws attention for a while after a restart", () => {
    expect(look("running", 1).tone).toBe("attention");
    expect(look("running", 1, 60).tone).toBe("normal");
  });

  it("is grave when it does not run, unknown when it says something new, and stale when we are cut off", () => {
    expect(look("stopped", 0).tone).toBe("alarm");
    expect(look("restarting", 0).tone).toBe("attention");
    expect(look("frozen", 0).tone).toBe("unknown");
    expect(look("running", 0, 1, true)).toMatchObject({ tone: "stale", text: "state.unknown" });
  });
});
