/** The administration's screens and machines: English. */
import type zhCN from "./admin-tokens.zh-CN";

const en: typeof zhCN = {
  community: {
    title: "Public page for residents",
    hint:
      "By its address residents see the last month's totals without signing in: no plates, names or rooms, and no count below 5. Without an address there is no such page.",
    add: "Make a public address",
    nameHint: "Say where it hangs, such as notice board of tower 3",
    made: "Give residents the address, or print the QR code and hang it up. Revoked, it opens nothing at once.",
    none: "No public address: the page is off",
  },
  tokens: {
    screens: "Screens",
    screensHint:
      "A screen signs in by opening its own address, without a keyboard, also after a power cut. Revoked, its picture ends at once.",
    machines: "Machines",
    machinesHint: "Programs use the API with a token (Authorization: Bearer …). Give each no more than the role it needs.",
    addScreen: "Add a screen",
    addMachine: "Add a machine",
    noScreens: "No screen yet",
    noMachines: "No machine yet",
    name: "Name",
    screenHint: "Say where it hangs, such as duty-room-wall",
    machineHint: "Say which program it is, such as property-app",
    badName: "A name has small letters, digits and . _ - and begins with a letter or digit",
    role: "Role",
    lasts: "Holds for",
    ever: "until revoked",
    days: "{count} day | {count} days",
    created: "Made",
    expires: "Ends",
    never: "when revoked",
    until: "ends {day}",
    used: "Last used",
    inUse: "just now",
    unused: "never used",
    make: "Make it",
    cancel: "Cancel",
    making: "Make a token",
    revoke: "Revoke",
    revoking: "Revoke a token",
    screenMade: "Open this address in the screen's browser and keep it there as start page or bookmark.",
    screenCare: "Do not open it in your own browser: you would become that screen.",
    machineMade: "Give the token to the program; do not send it by mail or chat.",
  },
};

export default en;
