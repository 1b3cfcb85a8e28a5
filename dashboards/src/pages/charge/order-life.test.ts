import { describe, expect, it } from "vitest";
import type { Answer } from "@/live/ask";
import { ORDER_STATES } from "@/live/charging";
import type { Order } from "@/live/charging";
import { ManualClock } from "@/live/manual-clock";
import { lastKnownMs, livenessOf, orderPauseMs, scanPauseMs, secondsOf } from "./order-life";
import { NOTHING_HEARD, Poll, ageMs } from "./poll";
import type { Polled } from "./poll";
import { order } from "./samples";

const refused = (status: number, retryAfterS: number | null = null) =>
  ({ kind: "refused", status, code: "", detail: "", retryAfterS, problem: {} }) as const;
const settle = async () => {
  for (let turns = 0; turns < 5; turns += 1) await Promise.resolve();
};

describe("an order", () => {
  it.each(ORDER_STATES)("that is %s is live only while the post and the hub are heard", (state) => {
    const over = state === "settled" || state === "cancelled";
    expect(livenessOf(order({ state }), 0)).toBe(over ? "final" : "live");
    expect(livenessOf(order({ state, stale: true }), 0)).toBe(over ? "final" : "post-away");
    expect(livenessOf(order({ state, stale: true }), 6_001)).toBe(over ? "final" : "hub-away");
  });

  it("counts its seconds on while it is live, never else", () => {
    expect(secondsOf(order(), "live", 1_500)).toBe(1801.5);
    expect(secondsOf(order(), "hub-away", 60_000)).toBe(1800);
    expect(secondsOf(order({ state: "stopping" }), "live", 1_500)).toBe(1800);
  });

  it("is last known of the moment that the post was heard, as far as anybody can tell", () => {
    expect(lastKnownMs(order(), "hub-away", 5, 7)).toBe(7);
    expect(lastKnownMs(order({ stale: true }), "post-away", 5, 7)).toBe(5);
    expect(lastKnownMs(order({ stale: true }), "hub-away", null, 7)).toBe(Date.parse("2026-01-01T00:30:00Z"));
    expect(lastKnownMs(order({ stale: true, started_at: null }), "post-away", null, 7)).toBeNull();
  });

  it("is asked for until it is over, and no more often than the hub allows", () => {
    const polled = (changed: Partial<Polled<Order>>) => ({ ...NOTHING_HEARD, ...changed });
    expect(orderPauseMs(polled({ body: order() }))).toBe(2000);
    expect(orderPauseMs(polled({ body: order({ state: "settled" }) }))).toBeNull();
    expect(orderPauseMs(polled({ body: order({ state: "cancelled" }) }))).toBe(15_000);
    expect(orderPauseMs(polled({ refusal: { kind: "unreachable" } }))).toBe(2000);
    expect(orderPauseMs(polled({ body: order(), refusal: refused(429, 9) }))).toBe(9000);
    expect(orderPauseMs(polled({ refusal: refused(404) }))).toBeNull();
    expect(scanPauseMs({ ...NOTHING_HEARD, refusal: refused(410) })).toBeNull();
    expect(scanPauseMs({ ...NOTHING_HEARD, refusal: refused(503) })).toBe(2000);
  });
});

describe("asking again and again", () => {
  function polling(answers: (Answer<Order> | Promise<Answer<Order>>)[]) {
    const clock = new ManualClock();
    const heard: Polled<Order>[] = [];
    let asked = 0;
    const ask = () => Promise.resolve(answers[asked++] ?? { kind: "unreachable" as const });
    const poll = new Poll(ask, orderPauseMs, clock, (polled) => heard.push(polled));
    return { clock, heard, poll, asked: () => asked };
  }
  const done = (changed: Partial<Order> = {}): Answer<Order> => ({ kind: "done", body: order(changed) });

  it("keeps what was last heard while nobody answers, and how old it is", async () => {
    const { clock, heard, poll } = polling([done()]);
    await poll.now();
    clock.advance(2000);
    await settle();
    expect(heard.at(-1)).toMatchObject({ body: { energy_wh: 3210 }, refusal: { kind: "unreachable" } });
    clock.advance(5000);
    expect(ageMs(heard.at(-1) ?? NOTHING_HEARD, clock)).toBe(7000);
  });

  it("notices a sleep that only one of the clocks has seen", async () => {
    const { clock, heard, poll } = polling([done()]);
    await poll.now();
    clock.jumpWall(60_000);
    expect(ageMs(heard.at(-1) ?? NOTHING_HEARD, clock)).toBe(60_000);
  });

  it("takes no answer to an earlier question", async () => {
    let late: (answer: Answer<Order>) => void = () => undefined;
    const { heard, poll } = polling([new Promise<Answer<Order>>((resolve) => (late = resolve)), done({ seconds: 2 })]);
    const first = poll.now();
    await poll.now();
    late(done({ seconds: 1 }));
    await first;
    expect(heard.map(({ body }) => body?.seconds)).toEqual([2]);
  });

  it("ends with the order, and with the page", async () => {
    const over = polling([done({ state: "settled" })]);
    await over.poll.now();
    over.clock.advance(60_000);
    expect(over.asked()).toBe(1);
    const left = polling([done(), done()]);
    await left.poll.now();
    left.poll.close();
    left.clock.advance(60_000);
    expect(left.asked()).toBe(1);
  });
});
