import { afterEach, describe, expect, it } from "vitest";
import { beginOfDay, civilOf, dayField, momentAt, momentOfField } from "./calendar";
import { formatDay, formatMoment, formatStamp, formatTime } from "./format";
import { keepZone, siteZone } from "./zone";

const NOON_UTC = Date.parse("2026-03-08T12:00:00.000Z");
const ZONES = ["Asia/Shanghai", "America/New_York", "Asia/Kathmandu", "Australia/Lord_Howe", "UTC"];

afterEach(() => {
  keepZone("UTC");
});

describe("the site's clock", () => {
  it.each([
    ["Asia/Shanghai", "20:00:00", "2026-03-08"],
    ["America/New_York", "08:00:00", "2026-03-08"],
    ["Pacific/Auckland", "01:00:00", "2026-03-09"],
  ])("in %s shows %s of %s, wherever the screen is", (zone, time, day) => {
    keepZone(zone);
    expect(formatTime(NOON_UTC, "en")).toBe(time);
    expect(formatTime(NOON_UTC, "zh-CN")).toBe(time);
    expect(dayField(NOON_UTC)).toBe(day);
    expect(formatStamp(NOON_UTC, "en")).toContain(time);
    expect(formatMoment(NOON_UTC, "en")).toContain(time);
  });

  it("names its zone where this screen's clock shows another time, and only there", () => {
    keepZone("Asia/Kathmandu");
    expect(formatMoment(NOON_UTC, "zh-CN")).toBe("2026年3月8日 17:45:00 GMT+5:45");
    expect(formatMoment(NOON_UTC, "en")).toBe("March 8, 2026 at 17:45:00 GMT+5:45");
    keepZone(new Intl.DateTimeFormat().resolvedOptions().timeZone);
    expect(formatMoment(NOON_UTC, "zh-CN")).toMatch(/^2026年3月\d+日 \d\d:\d\d:00$/);
  });

  it("tells day and weekday", () => {
    keepZone("Pacific/Auckland");
    expect(formatDay(NOON_UTC, "zh-CN")).toBe("2026年3月9日周一");
    expect(formatDay(NOON_UTC, "en")).toBe("Mon, Mar 9, 2026");
  });

  it("of a zone that this browser does not know is left as it was", () => {
    keepZone("Asia/Shanghai");
    keepZone("Atlantis/Capital");
    keepZone(undefined);
    expect(siteZone()).toBe("Asia/Shanghai");
  });
});

describe("days and moments", () => {
  it.each(ZONES)("are each other's inverse in %s, all year round", (zone) => {
    keepZone(zone);
    for (let hours = 0; hours < 24 * 366; hours += 7) {
      const ms = NOON_UTC + hours * 3_600_000;
      const { year, month, day, hour, minute } = civilOf(ms);
      expect(civilOf(momentAt(year, month, day, hour, minute))).toEqual(civilOf(ms));
    }
  });

  it("begin at midnight, whatever the length of a day", () => {
    keepZone("America/New_York");
    expect(beginOfDay("2026-03-08")).toBe(Date.parse("2026-03-08T05:00:00Z"));
    expect(beginOfDay("2026-03-08", 1)).toBe(Date.parse("2026-03-09T04:00:00Z"));
    expect(beginOfDay("2026-02-28", 1)).toBe(Date.parse("2026-03-01T05:00:00Z"));
    expect(momentOfField("2026-11-24T08:30")).toBe(Date.parse("2026-11-24T13:30:00Z"));
  });

  it("are none where a field says none", () => {
    expect(beginOfDay("")).toBeNull();
    expect(momentOfField("soon")).toBeNull();
  });
});
