/** What of a kind of device is worth a line: names of properties, the foremost first. */

/** The one figure on a tile. */
export const GLANCE: Readonly<Record<string, readonly string[]>> = {
  sprinkler: ["flow", "soil-moisture"],
  charger: ["power"],
  sensor: ["temperature", "level", "smoke-density", "humidity", "tilt", "illuminance", "battery"],
};

/** What stands on the card beside the state; the whole list is on the opened card. */
export const ON_CARD: Readonly<Record<string, readonly string[]>> = {
  gate: ["position"],
  door: ["locked", "secure-channel", "mode", "wrong-tries", "people-held"],
  camera: ["frame-rate", "bit-rate", "codec"],
  charger: ["power", "energy", "elapsed", "soc", "power-limit", "vehicle"],
  sprinkler: ["flow", "soil-moisture", "cause", "remaining", "mode"],
  sensor: [
    "cover",
    "temperature",
    "humidity",
    "smoke-density",
    "level",
    "leak-position",
    "tilt",
    "illuminance",
    "battery",
    "voltage",
  ],
};

/** Kinds in the order in which they stand on the wall; all others follow by name. */
export const KIND_ORDER: readonly string[] = ["gate", "door", "camera", "charger", "sprinkler", "sensor"];
