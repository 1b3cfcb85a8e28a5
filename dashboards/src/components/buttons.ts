/** Which actions have a button on an opened card, with what input, and whether it is to be pressed twice. */

export interface Button {
  readonly action: string;
  readonly input: Readonly<Record<string, unknown>>;
  /** Moves something or lets somebody in: a slip of the finger must not do it. */
  readonly confirm: boolean;
}

const twice = (action: string, input: Button["input"] = {}): Button => ({ action, input, confirm: true });
const once = (action: string): Button => ({ action, input: {}, confirm: false });

const RUN_MINUTES = 5;

/** By kind of device; only those that the device has are shown. */
export const BUTTONS: Readonly<Record<string, readonly Button[]>> = {
  gate: [twice("open"), twice("close"), once("stop")],
  door: [twice("unlock"), once("lock")],
  camera: [once("snapshot")],
  sprinkler: [twice("run", { minutes: RUN_MINUTES }), once("stop"), twice("reset")],
  sensor: [twice("silence"), twice("test"), twice("reset")],
};
