/** Which key does what on the console. Pure. */

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
  "?": "help",
  Escape: "back",
} as const;

export type Command = (typeof COMMANDS)[keyof typeof COMMANDS];

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
 * that it has a use for itself.
 */
export function commandOf(pressed: Pressed, where: "page" | "field" | "control"): Command | null {
  if (pressed.ctrlKey || pressed.metaKey || pressed.altKey) return null;
  const { key } = pressed;
  const command = Object.hasOwn(COMMANDS, key) ? COMMANDS[key as keyof typeof COMMANDS] : undefined;
  if (command === undefined || (pressed.repeat && !REPEATING.has(command))) return null;
  if (where === "field" && command !== "back") return null;
  if (where === "control" && command === "open") return null;
  return command;
}

/** What has the focus. */
export function placeOf(element: { readonly tagName: string; readonly isContentEditable?: boolean } | null): "page" | "field" | "control" {
  const tag = element?.tagName ?? "";
  if (["INPUT", "TEXTAREA", "SELECT"].includes(tag) || element?.isContentEditable === true) return "field";
  return ["BUTTON", "A", "SUMMARY", "VIDEO"].includes(tag) ? "control" : "page";
}
