/** What a page asks the hub for beside the live stream: who one is, an action, pictures. */
import { MultipartReader } from "./multipart";

const BASE = "/api/v1";

/** What became of an action, or why there is no picture; `reason` is the hub's or the device's own words. */
export interface Outcome {
  readonly status: "succeeded" | "refused" | "failed" | "unknown";
  readonly code: string;
  readonly reason: string;
}

interface Problem {
  readonly code?: string;
  readonly detail?: string;
  readonly message?: string;
}

const LOST: Outcome = { status: "unknown", code: "unreachable", reason: "" };
const WAIT_S = 30;

/** What whoever is signed in may do; nothing if that cannot be learnt. */
export async function permissions(): Promise<ReadonlySet<string>> {
  try {
    const answer = await fetch(`${BASE}/session`, { cache: "no-store" });
    if (!answer.ok) return new Set();
    const { permissions: may } = (await answer.json()) as { permissions: readonly string[] };
    return new Set(may);
  } catch {
    return new Set();
  }
}

/** Have a device act, once; the outcome is what the device itself shows. Never tried again. `reason`: for the audit. */
export async function act(
  key: string,
  action: string,
  input: Readonly<Record<string, unknown>>,
  reason = "",
): Promise<Outcome> {
  try {
    const answer = await fetch(`${BASE}/devices/${key}/actions/${action}?wait=${WAIT_S}`, {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify({ input, reason }),
    });
    const body = (await answer.json()) as { status?: string; error?: Problem | null } & Problem;
    if (answer.status === 200) return ofRecord(body.status ?? "", body.error ?? {});
    if (answer.status === 202) return { ...LOST, code: "no-answer" };
    return { status: answer.status === 409 ? "refused" : "failed", code: body.code ?? "", reason: body.detail ?? "" };
  } catch {
    return LOST;
  }
}

function ofRecord(status: string, error: Problem): Outcome {
  const told = { code: error.code ?? "", reason: error.message ?? "" };
  if (status === "succeeded" || status === "refused") return { status, ...told };
  return { status: told.code === "outcome-unknown" ? "unknown" : "failed", ...told };
}

/** Give `show` one picture after another until `signal` or the hub ends it; null: it ended without a problem. */
export async function watchPictures(
  key: string,
  signal: AbortSignal,
  show: (jpeg: Blob) => void,
): Promise<Outcome | null> {
  try {
    const answer = await fetch(`${BASE}/devices/${key}/preview`, { signal, cache: "no-store" });
    if (!answer.ok || answer.body === null) return await ofProblem(answer);
    const reader = new MultipartReader();
    const stream = answer.body.getReader();
    for (let read = await stream.read(); !read.done; read = await stream.read()) {
      const newest = reader.push(read.value).at(-1);
      if (newest !== undefined) show(new Blob([newest], { type: "image/jpeg" }));
    }
    return null;
  } catch {
    return signal.aborted ? null : LOST;
  }
}

/** One picture of now; null: there is none, whatever the reason. */
export async function stillOf(key: string, signal: AbortSignal): Promise<Blob | null> {
  try {
    const answer = await fetch(`${BASE}/devices/${key}/picture`, { signal, cache: "no-store" });
    return answer.ok ? await answer.blob() : null;
  } catch {
    return null;
  }
}

async function ofProblem(answer: Response): Promise<Outcome> {
  const { code, detail } = (await answer.json()) as Problem;
  return { status: answer.status === 409 ? "refused" : "failed", code: code ?? "", reason: detail ?? "" };
}

export interface Snapshot {
  readonly address: string;
  readonly ms: number;
}

/** The newest event of a type with a picture; null if there is none. */
export async function newestPicture(device: { kind: string; device: string }, type: string): Promise<Snapshot | null> {
  const query = new URLSearchParams({ kind: device.kind, device: device.device, type, newest_first: "true", limit: "1" });
  try {
    const answer = await fetch(`${BASE}/events?${query}`, { cache: "no-store" });
    if (!answer.ok) return null;
    const { events } = (await answer.json()) as { events: readonly { time: string; data?: { media?: unknown } }[] };
    const media = events[0]?.data?.media;
    const sha256: unknown = Array.isArray(media) ? media[0] : undefined;
    if (events[0] === undefined || typeof sha256 !== "string") return null;
    return { address: `${BASE}/media/${sha256}`, ms: Date.parse(events[0].time) };
  } catch {
    return null;
  }
}
