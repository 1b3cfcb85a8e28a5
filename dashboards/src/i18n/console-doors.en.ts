/** The console's doors: English. */
import type chinese from "./console-doors.zh-CN";

const words: typeof chinese = {
  doors: {
    text: "Find a door",
    choose: "Choose a door from the list",
    none: "There are no doors yet.",
    unknown: "There is no such door, or it was taken away.",
    mode: "Mode: {mode}",
    burning: "Fire has released {count} doors",
    "fire-on": "Fire release: this door is unlocked for anybody",
    "fire-was": "When it was last heard, fire held it unlocked; it is not live now",
    access: "Who may open this door",
    held: "The door itself knows {count} credentials",
    pseudonymous: "Names and access levels are in the register, which your role may not see; passes show rooms, no names.",
    noLevel: "No access level holds this door.",
    toPeople: "Cards, codes and faces of a person are in the register",
    lists: "Lists",
    noLists: "The host of this door uses no lists.",
    passes: "Last passes",
    noPasses: "Nobody has passed yet.",
    allPasses: "All passes",
  },
  doorMode: {
    normal: "normal",
    "held-unlocked": "held unlocked",
    fire: "fire release",
  },
};

export default words;
