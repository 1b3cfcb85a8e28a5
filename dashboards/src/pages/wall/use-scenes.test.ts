import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { effectScope, nextTick, shallowRef } from "vue";
import type { AlarmView } from "@/live/alarms";
import { alarm } from "@/live/samples";
import { useScenes } from "./use-scenes";

const SHA = "ab".repeat(32);
let evidence: readonly object[] = [];
let answers = true;

/** The hub, as far as the page asks it. */
const fetched = vi.fn(async () => {
  if (!answers) throw new TypeError("no network");
  return new Response(JSON.stringify({ evidence }), { headers: { "Content-Type": "application/json" } });
});

function looking(of: readonly AlarmView[]) {
  const alarms = shallowRef(of);
  const scope = effectScope();
  const scenes = scope.run(() => useScenes(alarms));
  return { alarms, scope, addresses: () => [...(scenes?.value.values() ?? [])].map(({ address }) => address) };
}

const passing = async (ms: number): Promise<void> => {
  await nextTick();
  await vi.advanceTimersByTimeAsync(ms);
};

beforeEach(() => {
  vi.useFakeTimers();
  vi.stubGlobal("fetch", fetched);
  fetched.mockClear();
  [evidence, answers] = [[], true];
});
afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

describe("the scene of an alarm", () => {
  it("is asked for once, and again when the hub sends the alarm again", async () => {
    const { alarms, addresses, scope } = looking([alarm("a")]);
    await passing(60_000);
    expect(fetched).toHaveBeenCalledTimes(1);
    evidence = [{ kind: "snapshot", sha256: SHA, state: "got", made: null }];
    alarms.value = [alarm("a")];
    await passing(0);
    expect(fetched).toHaveBeenCalledTimes(2);
    expect(addresses()).toEqual([`/api/v1/media/${SHA}`]);
    alarms.value = [alarm("a")];
    await passing(60_000);
    expect(fetched).toHaveBeenCalledTimes(2);
    alarms.value = [];
    await passing(0);
    expect(addresses()).toEqual([]);
    scope.stop();
  });

  it("of an alarm with much news is asked for no oftener than once a second", async () => {
    const { alarms, scope } = looking([alarm("a")]);
    for (let count = 0; count < 20; count += 1) {
      alarms.value = [alarm("a", { count })];
      await passing(100);
    }
    expect(fetched.mock.calls.length).toBeLessThanOrEqual(3);
    scope.stop();
  });

  it("is asked for until the hub answers", async () => {
    answers = false;
    const { scope } = looking([alarm("a")]);
    await passing(2_500);
    answers = true;
    await passing(60_000);
    expect(fetched).toHaveBeenCalledTimes(4);
    scope.stop();
  });
});
