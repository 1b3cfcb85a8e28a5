import { afterEach, describe, expect, it, vi } from "vitest";
import { doTo, overtaken } from "./alarm-calls";
import { look, refusalOf } from "./ask";
import { alarm } from "./samples";

const problem = (status: number, body: object) => new Response(JSON.stringify(body), { status });

afterEach(() => {
  vi.unstubAllGlobals();
});

describe("a refusal", () => {
  it("says the hub's reason", async () => {
    const refused = await refusalOf(problem(403, { code: "forbidden", detail: "not your area" }));
    expect(refused).toMatchObject({ kind: "refused", status: 403, code: "forbidden", detail: "not your area" });
  });

  it("says when to ask again", async () => {
    const throttled = (after: string) => refusalOf(new Response("{}", { status: 429, headers: { "Retry-After": after } }));
    expect(await throttled("12")).toMatchObject({ status: 429, retryAfterS: 12 });
    expect(await throttled("Wed, 21 Oct 2026 07:28:00 GMT")).toMatchObject({ retryAfterS: null });
  });

  it("without any says the status", async () => {
    expect(await refusalOf(new Response("<html>", { status: 502 }))).toMatchObject({ detail: "HTTP 502", code: "" });
    expect(await refusalOf(problem(500, { title: "Internal" }))).toMatchObject({ detail: "Internal" });
  });
});

describe("asking the hub", () => {
  it("hands out what it says", async () => {
    vi.stubGlobal("fetch", () => Promise.resolve(new Response('{"alarms":[]}')));
    expect(await look("/alarms")).toEqual({ kind: "done", body: { alarms: [] } });
  });

  it("says so if nobody answers", async () => {
    vi.stubGlobal("fetch", () => Promise.reject(new TypeError("network")));
    expect(await look("/alarms")).toEqual({ kind: "unreachable" });
  });

  it("quotes the version that was seen, beside what was said", async () => {
    const fetched = vi.fn<(path: string, init: RequestInit) => Promise<Response>>();
    fetched.mockResolvedValue(new Response("{}"));
    vi.stubGlobal("fetch", fetched);
    await doTo(alarm("a/b", { version: 7 }), "comment", { text: "seen" });
    expect(fetched.mock.calls[0]?.[0]).toBe("/api/v1/alarms/a%2Fb/comment");
    expect(JSON.parse(String(fetched.mock.calls[0]?.[1].body))).toEqual({ version: 7, text: "seen" });
  });
});

describe("a press that comes too late", () => {
  const now = alarm("a", { version: 9, state: "acknowledged" });

  it("is told by the alarm as it is now", async () => {
    const stale = await refusalOf(problem(409, { code: "stale-version", detail: "…", alarm: now }));
    expect(overtaken(stale)).toEqual(now);
  });

  it("is not any other refusal", async () => {
    expect(overtaken(await refusalOf(problem(409, { code: "still-active", alarm: now })))).toBeNull();
    expect(overtaken({ kind: "unreachable" })).toBeNull();
    expect(overtaken({ kind: "done", body: now })).toBeNull();
  });
});
