import { createRenderer, ssrContextKey } from "vue";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { makeI18n } from "@/i18n";
import type { Visit } from "@/live/visits";
import VisitLine from "./VisitLine.vue";

/** What mounts and unmounts, and draws nothing. */
const nothing = (): null => null;
const { createApp } = createRenderer<object, object>({
  createElement: () => ({}),
  createText: () => ({}),
  createComment: () => ({}),
  patchProp: nothing,
  insert: nothing,
  remove: nothing,
  setText: nothing,
  setElementText: nothing,
  parentNode: nothing,
  nextSibling: nothing,
});

const VISIT: Visit = {
  id: "v1",
  state: "open",
  household: null,
  room: "3-1-201",
  host: null,
  visitor: null,
  phone: null,
  plate: null,
  code: "12345678",
  from: "2026-11-24T00:00:00.000Z",
  until: "2026-11-24T04:00:00.000Z",
  made: "2026-11-24T00:00:00.000Z",
  made_by: "user:guard",
  by_link: false,
  revoked: null,
  used: null,
};

type Setup = NonNullable<typeof VisitLine.setup>;

/** The line without its template: only what it does. */
function mounted(onRevoked: (visit: Visit) => void) {
  let line: { press: () => Promise<void> } | undefined;
  const bare = {
    ...VisitLine,
    setup: (props: Parameters<Setup>[0], context: Parameters<Setup>[1]) => (line = VisitLine.setup?.(props, context) as typeof line),
    render: nothing,
  };
  const app = createApp(bare, { visit: VISIT, onRevoked });
  app.use(makeI18n("en")).provide(ssrContextKey, { modules: new Set() }).mount({});
  return { app, press: async () => line?.press() };
}

beforeEach(() => {
  vi.stubGlobal("window", globalThis);
});
afterEach(() => {
  vi.unstubAllGlobals();
});

describe("an outcome", () => {
  it("is told also when the line that asked has left the list meanwhile", async () => {
    let answer: (response: Response) => void = nothing;
    vi.stubGlobal("fetch", () => new Promise<Response>((resolve) => (answer = resolve)));
    const told = vi.fn<(visit: Visit) => void>();
    const { app, press } = mounted(told);
    await press();
    const pressed = press();
    app.unmount();
    answer(Response.json({ ...VISIT, state: "revoked" }));
    await pressed;
    expect(told).toHaveBeenCalledWith({ ...VISIT, state: "revoked" });
  });
});
