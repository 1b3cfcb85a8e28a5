/** Which alarms this screen has shown for the first time: the hub notes it in their trace. */
import type { AlarmView } from "./alarms";

export class Painted {
  private told = new Set<string>();

  /** Ids that were never told, now taken for told; those that are gone are forgotten. */
  take(alarms: ReadonlyMap<string, AlarmView>): readonly string[] {
    const fresh = [...alarms.keys()].filter((id) => !this.told.has(id));
    this.told = new Set(alarms.keys());
    return fresh;
  }
}

export function paintedMessage(ids: readonly string[]): string {
  return JSON.stringify({ type: "painted", alarms: ids });
}
