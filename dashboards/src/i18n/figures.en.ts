/** Figures and camera pictures on the wall: English. */
import type chinese from "./figures.zh-CN";

const figures: typeof chinese = {
  figures: {
    heading: "Figures of today",
    live: "live",
    stale: "not live",
    failed: "not available",
    waiting: "loading",
    today: "Today",
    weekBefore: "last {day}",
    hour: "Hour",
    byHour: "Passes by hour: {today} and {before}",
    noHours: "Passes by hour are not available",
    doors: "Doors {count}",
    chargers: "Charging",
    water: "Water today",
    waterByZone: "Water today by zone (litres)",
    zone: "Zone",
    litres: "Litres",
    notReady: "Devices not ready",
    ready: "All ready",
    notHeard: "unknown",
    door: {
      open: "open",
      held: "too long",
      forced: "forced",
      released: "released",
      unlocked: "kept unlocked",
      unknown: "unknown",
    },
    reason: {
      "link-offline": "broker off",
      "driver-offline": "driver off",
      "device-offline": "offline",
      outdated: "outdated",
      unknown: "unknown",
    },
  },
  cameras: {
    heading: "Camera pictures",
    of: "{shown} of {total}",
    waiting: "Getting a picture",
    none: "No picture",
    notLive: "Not live",
    notAsked: "Cut off from the hub",
    fallen: "Falling object",
    fallenAlt: "Path of the falling object, {camera}",
    noPicture: "No picture came with the alarm",
  },
};

export default figures;
