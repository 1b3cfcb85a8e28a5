/** Which actions have a button on an opened card, with what input, and whether it is to be pressed twice. */
import type { Scalar } from "@/live/protocol";

export interface Button {
  readonly action: string;
  readonly input: Readonly<Record<string, unknown>>;
  /** Moves something or lets somebody in: a slip of the finger must not do it. */
  readonly confirm: boolean;
  /** Of its words, where the action's name alone does not say it. */
  readonly name?: string;
  /** Shown only while a property has this value. */
  readonly when?: readonly [property: string, value: Scalar];
}

const twice = (action: string, input: Button["input"] = {}): Button => ({ action, input, confirm: true });
const once = (action: string): Button => ({ action, input: {}, confirm: false });

const CHARGER: readonly Button[] = [
  { ...twice("stop", { order: "" }), name: "stop-charge", when: ["state", "charging"] },
  { ...twice("cut-power", { active: true }), when: ["power-cut", false] },
  { ...twice("cut-power", { active: false }), name: "restore-power", when: ["power-cut", true] },
  { ...twice("set-available", { available: false }), name: "take-out", when: ["lockout", "none"] },
  { ...twice("set-available", { available: true }), name: "put-back", when: ["lockout", "out-of-service"] },
  { ...twice("unlock"), name: "unlock-plug", when: ["vehicle", "car"] },
  { ...twice("reset"), name: "restart-post" },
];

const RUN_MINUTES = 5;

/** By kind of device; only those that the device has are shown. */
export const BUTTONS: Readonly<Record<string, readonly Button[]>> = {
  gate: [twice("open"), twice("close"), once("stop")],
  door: [twice("unlock"), once("lock")],
  camera: [once("snapshot")],
  charger: CHARGER,
  sprinkler: [twice("run", { minutes: RUN_MINUTES }), once("stop"), twice("reset")],
  sensor: [twice("silence"), twice("test"), twice("reset")],
};
