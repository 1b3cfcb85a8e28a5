/** One request to the hub's API, and every way in which it may end. */

import { keepZone } from "@/i18n/zone";

const BASE = "/api/v1";
const TIMEOUT_MS = 10_000;
/** A picture may go over a poor mobile network. */
const UPLOAD_TIMEOUT_MS = 120_000;

export type Answer<Body> =
  | { readonly kind: "done"; readonly body: Body }
  /** The hub's reason in `detail` (RFC 9457); `problem` is all that it said. */
  | {
      readonly kind: "refused";
      readonly status: number;
      readonly code: string;
      readonly detail: string;
      /** Whether a place has put `detail` into words of its own. */
      readonly spoken?: true;
      /** When to ask again at the earliest; null where the hub does not say. */
      readonly retryAfterS: number | null;
      readonly problem: Readonly<Record<string, unknown>>;
    }
  /** Nobody answered: whether the hub did it is not known. */
  | { readonly kind: "unreachable" };

export type Refusal = Exclude<Answer<never>, { kind: "done" }>;

/** `GET` a path below the API's base. */
export function look<Body>(path: string): Promise<Answer<Body>> {
  return ask<Body>(path, { cache: "no-store" });
}

/** `POST` JSON; never tried again by itself. */
export function tell<Body>(path: string, body: object): Promise<Answer<Body>> {
  const headers = { "Content-Type": "application/json" };
  return ask<Body>(path, { method: "POST", headers, body: JSON.stringify(body) });
}

/** `PATCH` JSON: what of it becomes different. */
export function change<Body>(path: string, body: object): Promise<Answer<Body>> {
  const headers = { "Content-Type": "application/json" };
  return ask<Body>(path, { method: "PATCH", headers, body: JSON.stringify(body) });
}

/** `PUT` JSON: as it shall be. */
export function put<Body>(path: string, body: object): Promise<Answer<Body>> {
  const headers = { "Content-Type": "application/json" };
  return ask<Body>(path, { method: "PUT", headers, body: JSON.stringify(body) });
}

/** `DELETE` it. */
export function remove<Body>(path: string): Promise<Answer<Body>> {
  return ask<Body>(path, { method: "DELETE" });
}

/** `POST` bytes such as a picture. */
export function send<Body>(path: string, bytes: Blob): Promise<Answer<Body>> {
  const headers = { "Content-Type": bytes.type };
  return ask<Body>(path, { method: "POST", headers, body: bytes, signal: within(UPLOAD_TIMEOUT_MS) });
}

async function ask<Body>(path: string, init: RequestInit): Promise<Answer<Body>> {
  let answer: Response;
  try {
    answer = await fetch(BASE + path, { signal: within(TIMEOUT_MS), ...init });
  } catch {
    return { kind: "unreachable" };
  }
  keepZone(answer.headers.get("Hemei-Timezone") ?? undefined);
  return answer.ok ? { kind: "done", body: (await readJson(answer)) as Body } : await refusalOf(answer);
}

/** Read a refusal, whatever its body is. */
export async function refusalOf(answer: Response): Promise<Answer<never>> {
  const body = await readJson(answer);
  const problem = (typeof body === "object" && body !== null ? body : {}) as Record<string, unknown>;
  const text = (name: string): string => (typeof problem[name] === "string" ? problem[name] : "");
  const detail = text("detail") || text("title") || `HTTP ${answer.status}`;
  const retryAfterS = Number.parseInt(answer.headers.get("Retry-After") ?? "", 10);
  return {
    kind: "refused",
    status: answer.status,
    code: text("code"),
    detail,
    retryAfterS: Number.isNaN(retryAfterS) ? null : retryAfterS,
    problem,
  };
}

/** As `AbortSignal.timeout`, which telephones from before 2022 lack. */
function within(ms: number): AbortSignal {
  const gone = new AbortController();
  setTimeout(() => gone.abort(), ms);
  return gone.signal;
}

async function readJson(answer: Response): Promise<unknown> {
  try {
    return await answer.json();
  } catch {
    return null; // empty, or not JSON: the status has to do
  }
}
