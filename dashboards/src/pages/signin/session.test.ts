import { describe, expect, it } from "vitest";
import { outcomeOf, pageAfter } from "./session";

describe("a refusal", () => {
  it("of wrong credentials says so", async () => {
    expect(await outcomeOf(new Response("{}", { status: 401 }))).toEqual({ kind: "wrong" });
  });

  it("of too many tries says how long to wait", async () => {
    const throttled = (headers: Record<string, string>) => outcomeOf(new Response("", { status: 429, headers }));
    expect(await throttled({ "Retry-After": "12" })).toEqual({ kind: "throttled", seconds: 12 });
    expect(await throttled({})).toEqual({ kind: "throttled", seconds: 30 });
  });

  it("of any other kind passes on the hub's own words", async () => {
    const problem = JSON.stringify({ title: "Not ready", detail: "The ledger is being upgraded." });
    expect(await outcomeOf(new Response(problem, { status: 503 }))).toEqual({
      kind: "failed",
      detail: "Not ready: The ledger is being upgraded.",
    });
    expect(await outcomeOf(new Response("<html>", { status: 502 }))).toEqual({ kind: "failed", detail: "HTTP 502" });
  });
});

describe("the page after signing in", () => {
  it.each([
    ["", "/"],
    ["?next=%2Fwall%3Flang%3Den", "/wall?lang=en"],
    ["?next=/console", "/console"],
    ["?next=//evil.example", "/"],
    ["?next=/%5Cevil.example", "/"],
    ["?next=https://evil.example", "/"],
    ["?next=javascript:alert(1)", "/"],
  ])("for %j is %s", (search, expected) => {
    expect(pageAfter(search)).toBe(expected);
  });
});
