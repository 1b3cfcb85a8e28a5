/** The look of a supervised process. Pure. */
import type { Process } from "@/live/protocol";
import type { Look } from "./look";

/** A restart is worth a look for this long; afterwards its count alone tells of it. */
const RECENT_MS = 10 * 60 * 1000;

export function processLook(process: Process, cutOff: boolean, nowMs: number): Look {
  const detail = null;
  if (cutOff) return { tone: "stale", icon: "offline", text: "state.unknown", detail };
  const state = process.state ?? "running";
  if (state === "restarting") return { tone: "attention", icon: "halted", text: "state.restarting", detail };
  if (state === "stopped") return { tone: "alarm", icon: "warning", text: "state.stopped", detail };
  if (state !== "running") return { tone: "unknown", icon: "question", text: "state.unknown", detail };
  const since = process.since === null ? NaN : Date.parse(process.since);
  const recent = process.restarts > 0 && nowMs - since < RECENT_MS;
  return { tone: recent ? "attention" : "normal", icon: "running", text: "state.running", detail };
}
