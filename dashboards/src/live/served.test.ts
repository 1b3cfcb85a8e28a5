import { afterEach, describe, expect, it, vi } from "vitest";
import { filesOf, isOther, servedFiles } from "./served";

const page = (hash: string): string => `<!doctype html><html><head>
  <link rel="icon" href="/assets/icon-1.svg" type="image/svg+xml" />
  <script type="module" crossorigin src="/assets/wall-${hash}.js"></script>
  <link rel="modulepreload" crossorigin href="/assets/i18n-${hash}.js">
  </head><body><a href="/console">…</a></body></html>`;

afterEach(() => {
  vi.unstubAllGlobals();
});

/** A hub that serves these addresses and no others. */
function serving(pages: Readonly<Record<string, string>>): void {
  vi.stubGlobal("fetch", (address: string) =>
    Promise.resolve(new Response(pages[address] ?? "", { status: address in pages ? 200 : 404 })),
  );
}

describe("a page", () => {
  const own = filesOf(page("a"));

  it("is made of its own files alone", () => {
    expect(own).toEqual(["/assets/i18n-a.js", "/assets/icon-1.svg", "/assets/wall-a.js"]);
    expect(filesOf('<script type="module" src="/src/pages/wall/main.ts">')).toEqual([]);
  });

  it.each([
    [own, own, false],
    [own, filesOf(page("b")), true],
    [own, [], false],
    [[], filesOf(page("b")), false],
  ])("is another when its files are", (mine, served, expected) => {
    expect(isOther(mine, served)).toBe(expected);
  });

  it("is served once all of it is there", async () => {
    const whole = { "/wall": page("b"), "/assets/i18n-b.js": "", "/assets/icon-1.svg": "", "/assets/wall-b.js": "" };
    serving(whole);
    expect(isOther(own, (await servedFiles("/wall", own)) ?? [])).toBe(true);
    serving(Object.fromEntries(Object.entries(whole).filter(([address]) => address !== "/assets/wall-b.js")));
    expect(await servedFiles("/wall", own)).toBeNull();
    serving({});
    expect(await servedFiles("/wall", own)).toBeNull();
  });
});
