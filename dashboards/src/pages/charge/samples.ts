/** Plausible answers of the hub for the tests. */
import type { Line, Order, Scan, Tariff } from "@/live/charging";

export const TARIFF: Tariff = {
  title: { "zh-CN": "汽车", en: "Cars" },
  free: false,
  periods: [
    { from: "00:00", to: "08:00", title: { "zh-CN": "谷", en: "Off-peak" }, energy_fen: 32, service_fen: 30 },
    { from: "08:00", to: "24:00", title: { "zh-CN": "峰", en: "Peak" }, energy_fen: 98, service_fen: 30 },
  ],
  now: 1,
};
export const FREE: Tariff = { ...TARIFF, free: true, periods: [], now: 0 };

export const LINE: Line = {
  from: "2026-01-01T00:00:00.000Z",
  to: "2026-01-01T00:30:00.000Z",
  title: { "zh-CN": "峰", en: "Peak" },
  energy_wh: 3210,
  energy_fen: 315,
  service_fen: 96,
  amount_fen: 411,
};

export function scanned(changed: Partial<Scan> = {}): Scan {
  return {
    site: { "zh-CN": "和美小区", en: "Hemei Community" },
    connector: {
      title: { "zh-CN": "A区1号枪", en: "Garage A, connector 1" },
      area: { "zh-CN": "地下车库A区", en: "Garage A" },
      vehicle: "car",
      max_power: 7000,
    },
    status: "free",
    tariff: TARIFF,
    payment: { provider: "prepaid", hold_fen: 5000 },
    ...changed,
  };
}

export function order(changed: Partial<Order> = {}): Order {
  return {
    number: "2026010100000017",
    state: "charging",
    connector: scanned().connector,
    requested_at: "2025-12-31T23:59:50.000Z",
    started_at: "2026-01-01T00:00:00.000Z",
    ended_at: null,
    seconds: 1800,
    energy_wh: 3210,
    power_w: 6980.4,
    soc: 63,
    stale: false,
    amount_fen: 411,
    lines: [LINE],
    free: false,
    provider: "prepaid",
    hold_fen: 5000,
    balance_fen: 12_000,
    why: null,
    estimated: false,
    problem: null,
    tariff: TARIFF,
    ...changed,
  };
}
