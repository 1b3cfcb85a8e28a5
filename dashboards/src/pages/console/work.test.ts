import { describe, expect, it } from "vitest";
import type { WorkOrder } from "@/live/orders";
import { DUE_LOOKS, dueOf, mostUrgentFirst, remainingOf } from "./orders/remaining";
import { condensed, countsOf, reportQuery, unitOf, verdictOf } from "./reports/reports";

const START = Date.parse("2026-01-01T00:00:00.000Z");
const at = (minutes: number) => new Date(START + minutes * 60_000).toISOString();

function order(number: number, changed: Partial<WorkOrder> = {}): WorkOrder {
  return {
    id: `${number}`,
    number,
    kind: "burst",
    title: { "zh-CN": "爆管" },
    kind_title: {},
    alarm: null,
    device: null,
    area: null,
    place: "",
    text: "",
    state: "accepted",
    due: "in-time",
    version: 1,
    start: at(0),
    respond_by: at(15),
    resolve_by: at(120),
    responded: null,
    done: null,
    closed: null,
    assigned_to: null,
    proof: [],
    proofs: 0,
    can: [],
    ...changed,
  };
}

describe("the time that an order has left", () => {
  it("is that of the limit that comes next", () => {
    expect(remainingOf(order(1), START)).toMatchObject({ limit: "respond", leftMs: 15 * 60_000 });
    expect(remainingOf(order(1, { responded: at(5) }), START)).toMatchObject({ limit: "resolve", leftMs: 120 * 60_000 });
    expect(remainingOf(order(1), START + 16 * 60_000)?.leftMs).toBe(-60_000);
    expect(remainingOf(order(1, { done: at(60) }), START)).toBeNull();
  });

  it("runs on between two looks at the hub", () => {
    expect(dueOf(order(1, { due: "near-due" }), START)).toBe("near-due");
    expect(dueOf(order(1, { due: "near-due" }), START + 16 * 60_000)).toBe("overdue");
    for (const due of ["in-time", "near-due", "overdue"]) expect(DUE_LOOKS).toHaveProperty(due);
  });

  it("puts what is late or due first before all else", () => {
    const list = [order(1), order(2, { respond_by: at(5) }), order(3, { done: at(1) }), order(4, { responded: at(1) })];
    expect(mostUrgentFirst(list, START).map(({ number }) => number)).toEqual([2, 1, 4, 3]);
  });
});

describe("figures", () => {
  it("that were not measured are never called met", () => {
    expect([true, false, null, undefined].map((met) => verdictOf({ met: met ?? null }))).toEqual([
      "met",
      "missed",
      "unknown",
      "unknown",
    ]);
    expect(verdictOf({})).toBe("unknown");
    expect(verdictOf({ met: null, measured: 0 })).toBe("open");
    expect(verdictOf({ met: null, measured: null })).toBe("unknown");
  });

  it("have units, where there is one to be said", () => {
    expect(["s", "1", "", null].map((unit) => unitOf({ unit }))).toEqual(["s", null, null, null]);
    expect(unitOf({})).toBeNull();
  });

  it("of a long time are fewer bars, and no flood is lost in them", () => {
    expect(condensed([1, 2, 3], 5)).toEqual([1, 2, 3]);
    expect(condensed([1, 12, 0, 3, 2], 2)).toEqual([12, 3]);
  });

  it("are counted in either shape, and asked for by time", () => {
    const from = at(0);
    expect(countsOf({ from, to: from, figures: [], per_ten_minutes: [1, { count: 2 }] })).toEqual([1, 2]);
    expect(countsOf({ from, to: from, figures: [] })).toEqual([]);
    expect(reportQuery(START, START)).toBe("from=2026-01-01T00%3A00%3A00.000Z&to=2026-01-01T00%3A00%3A00.000Z");
  });
});
