/** The words for what a device last said of itself, whether or not that may still be believed. Pure. */
import type { Device } from "@/live/protocol";

/** By kind: the property that tells the state, and the group of its words. */
const TOLD_BY: Readonly<Record<string, readonly [property: string, group: string]>> = {
  door: ["state", "door"],
  camera: ["picture", "picture"],
  sprinkler: ["state", "zone"],
  charger: ["state", "charger"],
};

/** Key of the words; null if it never said anything. */
export function lastKnownKey(device: Device): string | null {
  if (device.kind === "sensor") {
    const alarm = device.properties["alarm"]?.value;
    return typeof alarm === "boolean" ? (alarm ? "sensor.alarm" : "sensor.calm") : null;
  }
  const [property, group] = TOLD_BY[device.kind] ?? ["state", "state"];
  const said = device.properties[property]?.value;
  return typeof said === "string" ? `${group}.${said}` : null;
}
