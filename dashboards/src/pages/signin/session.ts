/** Signing in, and what to tell a person when it does not work. */

export type Outcome =
  | { readonly kind: "signed-in" }
  | { readonly kind: "wrong" }
  | { readonly kind: "throttled"; readonly seconds: number }
  | { readonly kind: "unreachable" }
  /** The hub's own words: RFC 9457 `title` and `detail`. */
  | { readonly kind: "failed"; readonly detail: string };

const TIMEOUT_MS = 10_000;
const THROTTLED_S = 30;

export async function signIn(username: string, password: string): Promise<Outcome> {
  try {
    const response = await fetch("/api/v1/session", {
      method: "POST",
      headers: { "Content-Type": "application/json", Accept: "application/json, application/problem+json" },
      body: JSON.stringify({ username, password }),
      signal: AbortSignal.timeout(TIMEOUT_MS),
    });
    return response.ok ? { kind: "signed-in" } : await outcomeOf(response);
  } catch {
    return { kind: "unreachable" };
  }
}

/** Read a refusal. */
export async function outcomeOf(response: Response): Promise<Outcome> {
  if (response.status === 401) return { kind: "wrong" };
  if (response.status === 429) return { kind: "throttled", seconds: retryAfter(response) };
  return { kind: "failed", detail: await problemText(response) };
}

function retryAfter(response: Response): number {
  const seconds = Number(response.headers.get("Retry-After") ?? NaN);
  return Number.isFinite(seconds) && seconds > 0 ? Math.ceil(seconds) : THROTTLED_S;
}

async function problemText(response: Response): Promise<string> {
  try {
    const { title, detail } = (await response.json()) as { title?: unknown; detail?: unknown };
    const said = [title, detail].filter((part) => typeof part === "string" && part !== "");
    if (said.length > 0) return said.join(": ");
  } catch {
    // not JSON: the status has to do
  }
  return `HTTP ${response.status}`;
}

/** Where to go after signing in: `?next=/wall`, only ever a page of this very hub; else to one's own start page. */
export function pageAfter(search: string): string {
  const next = new URLSearchParams(search).get("next") ?? "";
  return /^\/(?![/\\])/.test(next) ? next : "/";
}
