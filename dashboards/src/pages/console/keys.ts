/** Which key does what on the console. Pure. */
import type { Place } from "./route";

export const COMMANDS = {
  j: "next",
  ArrowDown: "next",
  k: "previous",
  ArrowUp: "previous",
  n: "next-unacknowledged",
  Enter: "open",
  a: "acknowledge",
  s: "shelve",
  c: "comment",
  m: "silence",
  "/": "search",
  g: "go",
  "?": "help",
  Escape: "back",
} as const;

export type Command = (typeof COMMANDS)[keyof typeof COMMANDS];

/** After `g`: where to. */
export const GO: Readonly<Record<Place, string>> = {
  alarms: "a",
  devices: "d",
  doors: "m",
  passes: "p",
  charging: "c",
  posts: "z",
  orders: "o",
  register: "r",
  trends: "h",
  figures: "f",
  tender: "t",
};

export interface Pressed {
  readonly key: string;
  readonly ctrlKey: boolean;
  readonly metaKey: boolean;
  readonly altKey: boolean;
  readonly repeat: boolean;
}

/** Only walking through the list may repeat while a key is held down. */
const REPEATING: ReadonlySet<Command> = new Set(["next", "previous"]);

/**
 * `where` is what has the focus: in a field every key is for writing, but Escape leaves it; a control keeps the keys
 * that it has a use for itself. `letters`: whether keys that are letters or signs are used at all (WCAG 2.2, 2.1.4).
 */
export function commandOf(pressed: Pressed, where: "page" | "field" | "control", letters = true): Command | null {
  if (pressed.ctrlKey || pressed.metaKey || pressed.altKey) return null;
  const { key } = pressed;
  const command = Object.hasOwn(COMMANDS, key) ? COMMANDS[key as keyof typeof COMMANDS] : undefined;
  if (command === undefined || (pressed.repeat && !REPEATING.has(command))) return null;
  if (!letters && key.length === 1) return null;
  if (where === "field" && command !== "back") return null;
  if (where === "control" && command === "open") return null;
  return command;
}

/** The place that a key leads to after `g`; null: none. */
export function placeAfterGo({ key }: Pressed): Place | null {
  const found = Object.entries(GO).find(([, letter]) => letter === key.toLowerCase());
  return found === undefined ? null : (found[0] as Place);
}

/** What has the focus. */
export function placeOf(element: { readonly tagName: string; readonly isContentEditable?: boolean } | null): "page" | "field" | "control" {
  const tag = element?.tagName ?? "";
  if (["INPUT", "TEXTAREA", "SELECT"].includes(tag) || element?.isContentEditable === true) return "field";
  return ["BUTTON", "A", "SUMMARY", "VIDEO"].includes(tag) ? "control" : "page";
}
