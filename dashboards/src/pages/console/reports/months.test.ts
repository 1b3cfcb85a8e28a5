import { describe, expect, it } from "vitest";
import { monthsUntil, reportAddress } from "./months";

describe("months of reports", () => {
  it("begin with the one that goes on, and go back over the year", () => {
    const months = monthsUntil({ year: 2026, month: 2 });
    expect(months.slice(0, 3)).toEqual([
      { month: "2026-02", ended: false },
      { month: "2026-01", ended: true },
      { month: "2025-12", ended: true },
    ]);
    expect(months).toHaveLength(24);
    expect(months.at(-1)?.month).toBe("2024-03");
  });

  it("have their addresses", () => {
    expect(reportAddress("2026-01", "pdf", "en")).toBe("/api/v1/reports/monthly/2026-01.pdf?language=en");
  });
});
