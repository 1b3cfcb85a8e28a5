/**
 * Keeps the keyboard's focus while what is below `root` changes: a row that moves keeps it, and of a row that goes away
 * the one in its place takes it. Where there is none, the heading of what is open takes it, so that the next key never
 * lands on a button that slid under it.
 */
import { onMounted, onScopeDispose } from "vue";

const LISTS: ReadonlySet<string> = new Set(["UL", "OL", "TBODY"]);
const HEADING = ":is(h1, h2, h3)[tabindex]";

export function useKeptFocus(root: () => HTMLElement | null): void {
  let last: HTMLElement | null = null;
  let above: readonly { readonly element: Element; readonly index: number }[] = [];

  const note = ({ target }: FocusEvent): void => {
    last = target instanceof HTMLElement && target !== root() ? target : null;
    above = last === null ? [] : pathOf(last, root());
  };
  /** Somebody let go of it on purpose, unless the page changes before that is over. */
  const forget = (): void => {
    const left = last;
    setTimeout(() => {
      if (last === left && document.activeElement !== left) last = null;
    });
  };
  const restore = (): void => {
    if (last === null || document.querySelector("dialog[open]") !== null) return;
    if (document.activeElement !== document.body) {
      if (last.isConnected) above = pathOf(last, root());
      return;
    }
    const heir = last.isConnected ? last : heirOf(above, root());
    heir?.focus({ preventScroll: heir === last });
  };
  const observer = new MutationObserver(restore);
  onMounted(() => {
    const element = root();
    if (element === null) return;
    element.addEventListener("focusin", note);
    element.addEventListener("focusout", forget);
    observer.observe(element, { childList: true, subtree: true });
  });
  onScopeDispose(() => observer.disconnect());
}

/** The element's parents up to `root`, each with where among its children the way down goes. */
function pathOf(from: Element, root: Element | null): readonly { element: Element; index: number }[] {
  const path: { element: Element; index: number }[] = [];
  for (let at = from; at !== root && at.parentElement !== null; at = at.parentElement) {
    path.push({ element: at.parentElement, index: [...at.parentElement.children].indexOf(at) });
  }
  return path;
}

function heirOf(above: readonly { element: Element; index: number }[], root: HTMLElement | null): HTMLElement | null {
  const left = above.filter(({ element }) => element.isConnected);
  const list = left[0];
  if (list !== undefined && LISTS.has(list.element.tagName)) {
    const rows = [...list.element.children];
    const row = rows[Math.min(list.index, rows.length - 1)];
    const link = row?.querySelector<HTMLElement>("a[href], button");
    if (link) return link;
  }
  for (const { element } of left) {
    const heading = element.querySelector<HTMLElement>(HEADING);
    if (heading !== null) return heading;
  }
  return root;
}
