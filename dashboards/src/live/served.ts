/**
 * Whether the hub serves a newer build of this page, and all of it: a build's files have its content in their names, so
 * the page that would be loaded now says itself which build it is.
 */

const ASSETS = "/assets/";
const TIMEOUT_MS = 10_000;

/** The addresses of the files that a page is made of, in order; empty for a page that was not built. */
export function filesOf(html: string): readonly string[] {
  const found = [...html.matchAll(/\s(?:src|href)="([^"]+)"/g)].map(([, address = ""]) => address);
  return [...new Set(found.filter((address) => address.startsWith(ASSETS)))].sort();
}

/** Whether a page made of `served` is another than one made of `own`. What is not a built page never is. */
export function isOther(own: readonly string[], served: readonly string[]): boolean {
  return own.length > 0 && served.length > 0 && own.join() !== served.join();
}

/** The files of the page at `address` as the hub serves it now; null unless it serves the page and every file of it. */
export async function servedFiles(address: string, own: readonly string[]): Promise<readonly string[] | null> {
  try {
    const page = await ask(address);
    const files = filesOf(await page.text());
    if (!isOther(own, files)) return files;
    await Promise.all(files.map(ask)); // half a build shows nothing at all
    return files;
  } catch {
    return null;
  }
}

async function ask(address: string): Promise<Response> {
  const gone = new AbortController();
  setTimeout(() => gone.abort(), TIMEOUT_MS);
  const answer = await fetch(address, { cache: "no-store", signal: gone.signal });
  if (!answer.ok) throw new Error(`${address}: ${answer.status}`);
  return answer;
}
