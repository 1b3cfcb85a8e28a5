/** The console's keys at work. Whether letters are used is kept in this browser, for everybody who uses it. */
import { onMounted, onScopeDispose, ref, watch } from "vue";
import type { Ref } from "vue";
import { commandOf, placeAfterGo, placeOf } from "./keys";
import type { Command } from "./keys";
import { goTo } from "./route";

const STORED = "hemei-console-letters";
const GO_WITHIN_MS = 3_000;

/** Whether keys that are letters or signs do anything; without storage, for as long as the page is open. */
export const letters: Ref<boolean> = ref(stored() !== "off");
watch(letters, (on) => {
  try {
    localStorage.setItem(STORED, on ? "on" : "off");
  } catch {
    // a private window: the choice holds until it is closed
  }
});

/** Whether `g` was pressed and the next key says where to. */
export const going = ref(false);

/** What each command does here, for as long as the component lives. `pressedMs`: on the clock of `performance.now`. */
export type Deeds = Readonly<Partial<Record<Command, (pressedMs: number) => void>>>;

export function useCommands(deeds: Deeds): void {
  useKeydown((event) => {
    if (event.defaultPrevented || inDialog()) return;
    const command = commandOf(event, placeOf(document.activeElement), letters.value);
    const deed = command === null ? undefined : deeds[command];
    if (deed === undefined) return;
    event.preventDefault();
    deed(event.timeStamp);
  });
}

/** `g`, then a letter, leads to a place; any other key, or waiting, leads nowhere. */
export function useGoing(): void {
  let timer = 0;
  const end = (): void => {
    window.clearTimeout(timer);
    going.value = false;
  };
  useCommands({
    go: () => {
      going.value = true;
      timer = window.setTimeout(end, GO_WITHIN_MS);
    },
  });
  useKeydown((event) => {
    if (!going.value || event.key === "Shift") return;
    const place = event.ctrlKey || event.metaKey || event.altKey ? null : placeAfterGo(event);
    event.preventDefault();
    end();
    if (place !== null) goTo({ place, id: null });
  }, true);
  onScopeDispose(end);
}

/** Put the focus where one writes what to look for; false: there is no such field here. */
export function focusSearch(): boolean {
  const fields = [...document.querySelectorAll<HTMLInputElement>("main input")];
  const writable = fields.filter(({ type, disabled, offsetParent }) => ["search", "text"].includes(type) && !disabled && offsetParent !== null);
  const field = writable.find(({ type }) => type === "search") ?? writable[0];
  field?.focus();
  field?.select();
  return field !== undefined;
}

/** A dialog has keys of its own. */
function inDialog(): boolean {
  return document.querySelector("dialog[open]") !== null;
}

function useKeydown(listener: (event: KeyboardEvent) => void, first = false): void {
  onMounted(() => window.addEventListener("keydown", listener, first));
  onScopeDispose(() => window.removeEventListener("keydown", listener, first));
}

function stored(): string | null {
  try {
    return localStorage.getItem(STORED);
  } catch {
    return null;
  }
}
