import { describe, expect, it } from "vitest";
import type { AlarmView } from "@/live/alarms";
import type { Answer } from "@/live/ask";
import { alarm } from "@/live/samples";
import { bodyOf, canSendAgain, carried, decided, fateOf, isKeepable, nextToSend, waitsFor } from "./kept";
import type { Kept } from "./kept";
import type { KeptStore } from "./kept-store";
import { newRequest } from "./request";
import { sendAll } from "./sending";
import { cacheOf, fromHub, outlived, treatmentOf } from "./shell";

const HUB = "https://hub.example";

function press(n: number, changed: Partial<Kept> = {}, id = "one"): Kept {
  return {
    n,
    request: `0f8fad5b-d9cb-469f-a165-7086772895${`${n}`.padStart(2, "0")}`,
    who: "user:li.wei",
    deed: "acknowledge",
    text: "",
    seen: alarm(id, { version: 3 }),
    seenUpTo: 3,
    pressedMs: Date.parse("2026-01-01T03:12:04.000Z"),
    standing: "waiting",
    now: null,
    reason: "",
    ...changed,
  };
}

const done = (version: number): Answer<AlarmView> => ({ kind: "done", body: alarm("one", { version }) });
function refused(status: number, code: string, problem = {}): Answer<AlarmView> {
  return { kind: "refused", status, code, detail: "no", retryAfterS: null, problem };
}

describe("the worker", () => {
  const asks = (path: string, mode = "cors", method = "GET") => treatmentOf({ method, mode, url: HUB + path }, HUB);

  it("keeps the console and what it is made of, and nothing that the hub says", () => {
    expect(asks("/console", "navigate")).toBe("page");
    expect(asks("/console?lang=en#/alarms/x", "navigate")).toBe("page");
    expect(asks("/assets/console-1a2b.js")).toBe("asset");
    for (const path of ["/api/v1/alarms", "/api/v1/session", "/console.webmanifest"]) expect(asks(path)).toBe("network");
    for (const path of ["/wall", "/signin", "/console-worker.js"]) expect(asks(path, "navigate")).toBe("network");
    expect(asks("/assets/x.js", "cors", "POST")).toBe("network");
    expect(treatmentOf({ method: "GET", mode: "cors", url: "https://elsewhere/assets/x.js" }, HUB)).toBe("network");
  });

  it("keeps this build and the one before, of which a page may be open", () => {
    expect(outlived([cacheOf("a"), cacheOf("b"), "other", cacheOf("c")], "c")).toEqual([cacheOf("a")]);
    expect(outlived([cacheOf("c")], "c")).toEqual([]);
  });

  it("takes a proxy's word that the hub is away", () => {
    expect([200, 304, 404, 502, 503].map(fromHub)).toEqual([true, true, true, false, false]);
  });
});

describe("a press without a network", () => {
  it("is kept if it only says that somebody knows", () => {
    expect(["acknowledge", "comment", "shelve", "close", "reset", "assign", "open"].map(isKeepable)).toEqual([
      true,
      true,
      ...Array(5).fill(false),
    ]);
  });

  it("tells what was seen, when, and whose it is", () => {
    const said = { version: 3, request: press(1).request, by: "user:li.wei", pressed: "2026-01-01T03:12:04.000Z" };
    expect(bodyOf(press(1))).toEqual(said);
    expect(bodyOf(press(1, { deed: "comment", text: "there" }))).toEqual({ ...said, text: "there" });
  });

  it("has a name of its own", () => {
    const names = Array.from({ length: 50 }, newRequest);
    expect(new Set(names).size).toBe(50);
    for (const name of names) expect(name).toMatch(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/);
  });

  it("is sent in its turn, by the one who pressed, and not past one that is to be decided", () => {
    const list = [
      press(1, { who: "user:zhang.min" }),
      press(2, { standing: "overtaken", now: alarm("one") }),
      press(3),
      press(4, {}, "two"),
    ];
    expect(nextToSend(list, "user:li.wei")?.n).toBe(4);
    expect(nextToSend(list, "user:zhang.min")?.n).toBe(1);
    expect(nextToSend(list, "user:nobody")).toBeNull();
    expect(waitsFor(list, "user:li.wei", "two")).toBe(true);
    expect(waitsFor(list, "user:zhang.min", "two")).toBe(false);
  });

  it("waits as long as nobody who may takes it", () => {
    for (const answer of [{ kind: "unreachable" } as const, refused(401, ""), refused(429, ""), refused(503, "")]) {
      expect(fateOf(press(1), answer)).toEqual({ fate: "waits" });
    }
    expect(fateOf(press(1), refused(409, "another-person"))).toEqual({ fate: "waits" });
    expect(fateOf(press(1), done(4))).toEqual({ fate: "arrived", version: 4 });
  });

  it("is the person's to decide on once the alarm has moved on, or the hub says no", () => {
    const now = alarm("one", { version: 5, state: "acknowledged" });
    const overtaken = fateOf(press(1), refused(409, "stale-version", { alarm: now }));
    expect(overtaken).toMatchObject({ fate: "held", kept: { standing: "overtaken", now } });
    expect(fateOf(press(1), refused(403, "forbidden"))).toMatchObject({ kept: { standing: "refused", reason: "no" } });
    expect(canSendAgain(press(1, { standing: "overtaken", now }))).toBe(false);
    expect(canSendAgain(press(1, { standing: "overtaken", now, deed: "comment" }))).toBe(true);
    expect(canSendAgain(press(1, { standing: "refused" }))).toBe(true);
    expect(canSendAgain(press(1))).toBe(false);
    expect(decided(press(1, { standing: "overtaken", now }))).toMatchObject({ standing: "waiting", now: null, seen: { version: 5 } });
  });
});

describe("sending", () => {
  /** As a phone keeps them. */
  function shelf(...list: Kept[]): KeptStore & { readonly rest: () => readonly Kept[] } {
    const kept = new Map(list.map((each) => [each.n, each]));
    return {
      rest: () => [...kept.values()],
      all: () => Promise.resolve([...kept.values()].sort((one, other) => one.n - other.n)),
      add: () => Promise.resolve(),
      put: (...each) => Promise.resolve(each.forEach((one) => kept.set(one.n, one))),
      remove: (n) => Promise.resolve(void kept.delete(n)),
    };
  }

  it("goes on from one's own press: what moved the alarm is oneself", async () => {
    const store = shelf(press(1), press(2, { deed: "comment", text: "there" }), press(3, {}, "two"));
    const told: unknown[] = [];
    const send = (kept: Kept) => {
      told.push([kept.n, kept.seen.version]);
      return Promise.resolve(done(kept.seen.version + 1));
    };
    await sendAll({ store, who: () => Promise.resolve("user:li.wei"), send });
    expect(told).toEqual([[1, 3], [2, 4], [3, 3]]);
    expect(store.rest()).toEqual([]);
    expect(carried([press(2, { who: "user:x" })], press(1), 4)).toEqual([]);
  });

  it("stops where nobody answers, and once somebody else has signed in", async () => {
    const store = shelf(press(1), press(2, {}, "two"));
    await sendAll({ store, who: () => Promise.resolve("user:li.wei"), send: () => Promise.resolve({ kind: "unreachable" }) });
    expect(store.rest().map(({ n }) => n)).toEqual([1, 2]);
    const names = ["user:li.wei", "user:zhang.min"];
    await sendAll({ store, who: () => Promise.resolve(names.shift() ?? null), send: () => Promise.resolve(done(4)) });
    expect(store.rest().map(({ n }) => n)).toEqual([2]);
    await sendAll({ store, who: () => Promise.resolve(null), send: () => Promise.reject(new Error("nobody is asked")) });
    expect(store.rest().map(({ n }) => n)).toEqual([2]);
  });
});
