import { describe, expect, it } from "vitest";
import type { Answer } from "@/live/ask";
import { Kept } from "./kept";
import type { Store } from "./kept";
import { order } from "./samples";
import { startAt } from "./starting";
import type { Placed } from "./starting";

function memory(): Store & { items: Map<string, string> } {
  const items = new Map<string, string>();
  return {
    items,
    getItem: (name) => items.get(name) ?? null,
    setItem: (name, value) => void items.set(name, value),
    removeItem: (name) => void items.delete(name),
  };
}

function phone() {
  const [tab, lasting] = [memory(), memory()];
  let made = 0;
  const kept = () => new Kept(tab, lasting, () => `request-${++made}`);
  return { kept, lasting };
}

const refused = (status: number, code: string): Answer<Placed> =>
  ({ kind: "refused", status, code, detail: "", retryAfterS: null, problem: {} });
const LOST: Answer<Placed> = { kind: "unreachable" };

/** A hub as the API promises: one order for one request. */
function hub() {
  const requests: string[] = [];
  const answers: Answer<Placed>[] = [];
  const begin = (_: string, request: string) => {
    requests.push(request);
    const done = { kind: "done", body: { key: `key of ${request}`, order: order() } } as const;
    return Promise.resolve(answers.shift() ?? done);
  };
  return { requests, answers, begin };
}

describe("pressing start", () => {
  it("again after no answer, even with the page loaded anew, is the same request", async () => {
    const [{ kept }, { requests, answers, begin }] = [phone(), hub()];
    answers.push(LOST, refused(503, ""), refused(429, "throttled"));
    for (let times = 0; times < 3; times += 1) {
      expect((await startAt("c1", kept(), begin)).kind).toBe("unanswered");
    }
    expect(await startAt("c1", kept(), begin)).toEqual({ kind: "placed", key: "key of request-1" });
    expect(new Set(requests)).toEqual(new Set(["request-1"]));
  });

  it("again after an answer, or at another connector, is another request", async () => {
    const [{ kept }, { requests, answers, begin }] = [phone(), hub()];
    answers.push(refused(409, "connector-busy"));
    expect((await startAt("c1", kept(), begin)).kind).toBe("refused");
    await startAt("c1", kept(), begin);
    await startAt("c2", kept(), begin);
    expect(requests).toEqual(["request-1", "request-2", "request-3"]);
  });
});

describe("the phone", () => {
  it("knows its own order again by the code, and the other way round", async () => {
    const { kept } = phone();
    await startAt("c1", kept(), hub().begin);
    expect(kept().orderAt("c1")).toBe("key of request-1");
    expect(kept().codeOf("key of request-1")).toBe("c1");
    kept().forgetOrder("c1");
    expect(kept().orderAt("c1")).toBeNull();
  });

  it("pays from the account that is bound, until it is forgotten", () => {
    const { kept } = phone();
    kept().bind("account-key");
    expect(kept().account).toBe("account-key");
    kept().unbind();
    expect(kept().account).toBeNull();
  });

  it("is not confused by what others have written", () => {
    const { kept, lasting } = phone();
    for (const odd of ["{", "7", '[["only one"], 3, ["c", 1]]']) {
      lasting.setItem("hemei.charge.orders", odd);
      expect(kept().orderAt("c")).toBeNull();
    }
  });

  it("keeps the newest orders only", () => {
    const { kept } = phone();
    for (let n = 0; n < 30; n += 1) kept().keepOrder(`c${n}`, `k${n}`);
    expect(kept().orderAt("c29")).toBe("k29");
    expect(kept().orderAt("c9")).toBeNull();
  });
});
