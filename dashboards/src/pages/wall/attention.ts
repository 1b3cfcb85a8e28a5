/** Which devices need a person, the gravest first. Pure. */
import { DRIVER_KIND, keyOf } from "@/live/protocol";
import type { Device } from "@/live/protocol";
import type { Path } from "@/look/freshness";
import { judge } from "@/look/judge";
import type { Tone } from "@/look/look";

/** What is wrong comes before what is not known. */
const RANK: Readonly<Partial<Record<Tone, number>>> = { alarm: 0, attention: 1, stale: 2, unknown: 3 };

/** Within a rank, what may harm people comes first. */
const URGENT_FIRST: readonly string[] = ["sensor", "door", "gate", "charger", "sprinkler", "camera"];

interface Ranked {
  readonly device: Device;
  readonly rank: number;
  readonly urgency: number;
  readonly key: string;
}

export function needing(devices: Iterable<Device>, pathTo: (device: Device) => Path): readonly Device[] {
  const ranked: Ranked[] = [];
  for (const device of devices) {
    if (device.kind === DRIVER_KIND) continue;
    const rank = RANK[judge(device, pathTo(device)).tone];
    if (rank !== undefined) ranked.push({ device, rank, urgency: urgency(device.kind), key: keyOf(device) });
  }
  return ranked
    .sort((one, other) => one.rank - other.rank || one.urgency - other.urgency || (one.key < other.key ? -1 : 1))
    .map(({ device }) => device);
}

function urgency(kind: string): number {
  const at = URGENT_FIRST.indexOf(kind);
  return at < 0 ? URGENT_FIRST.length : at;
}
