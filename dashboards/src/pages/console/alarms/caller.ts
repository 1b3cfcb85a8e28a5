/** The vehicle that an alarm of a gate's plate camera is about. Pure. */
import type { AlarmView } from "@/live/alarms";

const RECOGNISED = "hemei.gate.plate-recognised";
const BLOCKED = "hemei.gate.blocked-plate";
const OTHERS: ReadonlySet<unknown> = new Set(["hemei.gate.tailgated", "hemei.gate.passed"]);

export interface Caller {
  /** As read; empty: none was. */
  readonly plate: string;
  readonly colour: string | null;
  readonly direction: string | null;
  /** Why it was refused; null: it was not. */
  readonly reason: string | null;
  /** `unknown`: refused for want of an entry, so that a guard decides; `blocked`: it must not come in. */
  readonly sort: "unknown" | "blocked" | "passed";
}

type Data = Readonly<Record<string, unknown>>;

/** Null: the alarm is about no vehicle. */
export function callerOf({ kind, data }: Pick<AlarmView, "kind" | "data">): Caller | null {
  const event = data["event"];
  if (kind !== "gate" || !isData(event)) return null;
  const said = isData(event["data"]) ? event["data"] : {};
  const sort = sortOf(event["type"], said);
  if (sort === null) return null;
  return {
    plate: text(said["plate"]) ?? "",
    colour: text(said["colour"]),
    direction: text(said["direction"]),
    reason: said["decision"] === "refused" ? text(said["reason"]) : null,
    sort,
  };
}

function sortOf(type: unknown, said: Data): Caller["sort"] | null {
  if (type === BLOCKED || (type === RECOGNISED && said["reason"] === "blocked")) return "blocked";
  if (type === RECOGNISED) return said["decision"] === "refused" ? "unknown" : "passed";
  return OTHERS.has(type) ? "passed" : null;
}

function text(said: unknown): string | null {
  return typeof said === "string" && said !== "" ? said : null;
}

function isData(said: unknown): said is Data {
  return typeof said === "object" && said !== null && !Array.isArray(said);
}
