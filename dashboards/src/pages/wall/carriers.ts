/** What carries the picture, and which of it is so well that it is only counted. Pure. */
import type { Device, Process } from "@/live/protocol";
import { trusted } from "@/look/look";
import type { Path } from "@/look/freshness";
import { judge } from "@/look/judge";
import { processLook } from "@/look/process";

/** Counts of a driver host that are nothing to worry about only while they are 0. */
const LOSSES = ["events-refused", "publishes-denied"] as const;
/** More events than that, not yet committed, are a backlog; as in the hub's health. */
const BACKLOG = 1000;

export function isHostWell(host: Device, path: Path): boolean {
  const count = (name: string): number => {
    const value = trusted(host.properties[name]);
    return typeof value === "number" ? value : 0;
  };
  return (
    judge(host, path).tone === "normal" &&
    host.events_missed === 0 &&
    LOSSES.every((name) => count(name) === 0) &&
    count("outbox-waiting") <= BACKLOG &&
    count("devices-ready") >= count("devices")
  );
}

/** A restart is told of for as long as the process has run since. */
export function isProcessWell(process: Process, cutOff: boolean, nowMs: number): boolean {
  return processLook(process, cutOff, nowMs).tone === "normal" && process.restarts === 0;
}
