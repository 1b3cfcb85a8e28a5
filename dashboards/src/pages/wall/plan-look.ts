/** What a marker on a plan says of the devices that stand there. Pure. */
import type { useSpeech } from "@/i18n";
import type { AlarmView } from "@/live/alarms";
import { keyOf } from "@/live/protocol";
import type { Device } from "@/live/protocol";
import { alarmLook } from "@/look/alarms";
import type { Path } from "@/look/freshness";
import { judge } from "@/look/judge";
import type { Judgement } from "@/look/judge";
import type { Tone } from "@/look/look";
import { needing } from "./attention";

export type Speaking = Pick<ReturnType<typeof useSpeech>, "t" | "named" | "words">;

export interface MarkLook {
  /** The one that is named and opened: whose alarm calls, else who needs a person most, else what moves, else the first. */
  readonly device: Device;
  readonly judgement: Judgement;
  /** The gravest of all that stand there. */
  readonly tone: Tone;
  readonly alarm: AlarmView | null;
  /** How many of them need a person. */
  readonly needing: number;
}

/** `calling`: the alarms of these devices that nobody has acknowledged, the gravest first. */
export function markLook(
  devices: readonly Device[],
  pathTo: (device: Device) => Path,
  calling: readonly AlarmView[] = [],
): MarkLook {
  const judged = (device: Device): Judgement => judge(device, pathTo(device));
  const needy = needing(devices, pathTo);
  const gravest = calling[0] ?? null;
  const device =
    (gravest === null ? needy[0] : devices.find((each) => keyOf(each) === ofDevice(gravest))) ??
    devices.find((each) => judged(each).tone === "moving") ??
    (devices[0] as Device);
  const judgement = judged(device);
  return {
    device,
    judgement,
    tone: needy[0] === undefined ? judgement.tone : judged(needy[0]).tone,
    alarm: gravest,
    needing: new Set([...needy.map(keyOf), ...calling.map(ofDevice)]).size,
  };
}

/** Whether what is wrong is said in words beside the marker. */
export function isSaid({ tone, alarm }: Pick<MarkLook, "tone" | "alarm">): boolean {
  return tone === "alarm" || alarm !== null;
}

/** What comes first where not all have room for their words. */
export function gravity({ alarm, tone }: Pick<MarkLook, "tone" | "alarm">): number {
  if (alarm === null) return tone === "alarm" ? 1.5 : 5;
  return alarmLook(alarm).number;
}

/** In words: the alarm, else the state. */
export function saidOf({ alarm, judgement: { look } }: Pick<MarkLook, "alarm" | "judgement">, speech: Speaking): string {
  const { t, named, words } = speech;
  return alarm === null ? words(look.words ?? {}, named(look.text)) : words(alarm.title, t("alarm.unnamed"));
}

/** The floor as lifts show it; null for the ground, and for the plan's own. */
export function floorOf({ location }: Device, onFloor: string | null): string | null {
  const number = location?.floor ?? 0;
  const name = number === 0 ? null : number < 0 ? `B${-number}` : `${number}F`;
  return name === onFloor ? null : name;
}

/** Key of the device that it is an alarm of. */
export function ofDevice({ site, kind, device }: AlarmView): string {
  return `${site}/${kind}/${device}`;
}
