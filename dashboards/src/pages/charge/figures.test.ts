import { describe, expect, it } from "vitest";
import { power } from "@/i18n/format";
import { duration, energy, money, orderNumber, rating } from "./figures";

describe("figures", () => {
  it.each([
    [0, "¥0.00"],
    [7, "¥0.07"],
    [1234, "¥12.34"],
    [-50, "-¥0.50"],
    [9_007_199_254_740_991, "¥90071992547409.91"],
  ])("%d fen are %s", (fen, shown) => {
    expect(money(fen)).toBe(shown);
  });

  it("of any amount add up to the last fen", () => {
    for (let fen = 0; fen < 20_000; fen += 7) {
      expect(Number(money(fen).slice(1).replace(".", ""))).toBe(fen);
    }
  });

  it.each([
    [0, "0.000 kWh"],
    [5, "0.005 kWh"],
    [12_345, "12.345 kWh"],
    [123_456, "123.45 kWh"],
  ])("%d Wh are %s", (wh, shown) => {
    expect(energy(wh)).toBe(shown);
  });

  it("of power, time and number are short", () => {
    expect([power(0), power(318.4), power(999.6), power(7040), power(6999.9), power(60_000)]).toEqual(
      ["0 W", "318 W", "1.00 kW", "7.04 kW", "7.00 kW", "60.00 kW"],
    );
    expect([rating(7000), rating(500), rating(3500)]).toEqual(["7 kW", "500 W", "3.50 kW"]);
    expect([duration(-1), duration(71.9), duration(3671), duration(36_000)]).toEqual(["00:00", "01:11", "1:01:11", "10:00:00"]);
    expect(orderNumber("2026010100000017")).toBe("2026 0101 0000 0017");
  });
});
