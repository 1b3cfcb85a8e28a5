import { describe, expect, it } from "vitest";
import { ORDER_STATES, STATUSES } from "@/live/charging";
import words from "@/i18n/console-charging.zh-CN";
import { digitsOf, fenOf } from "./looks";
import { spotAddress, spotOf } from "./views";

describe("amounts as people type them", () => {
  it.each([
    ["50", 5000],
    ["12.5", 1250],
    ["¥ 0.05", 5],
    ["-3.20", -320],
    ["1,000", 100_000],
    ["100000", 10_000_000],
    ["100000.01", null],
    ["0", null],
    ["1.234", null],
    ["fifty", null],
    ["", null],
  ])("%j is %j fen", (typed, fen) => {
    expect(fenOf(typed)).toBe(fen);
  });

  it("are never numbers of orders, which are digits however they are grouped", () => {
    expect(digitsOf("2611 2434-5678")).toBe("261124345678");
  });
});

describe("where one is in charging", () => {
  it("is in the address", () => {
    expect(spotOf("orders~2611000000000001")).toEqual({ view: "orders", open: "2611000000000001" });
    expect(spotOf("figures")).toEqual({ view: "figures", open: null });
    expect(spotOf("nonsense")).toEqual({ view: "orders", open: null });
    expect(spotAddress("codes")).toBe("#/charging/codes");
    expect(spotAddress("orders", "12")).toBe("#/charging/orders~12");
  });
});

describe("the words of charging", () => {
  it("are there for every state of an order and every status of a connector", () => {
    expect(Object.keys(words.chargeState)).toEqual([...ORDER_STATES]);
    expect(Object.keys(words.connectorStatus).sort()).toEqual([...STATUSES].sort());
  });
});
