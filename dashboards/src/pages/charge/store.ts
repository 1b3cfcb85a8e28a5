/** The browser's memory; where it keeps nothing, such as in a private window, the page's own. */
import { Kept } from "./kept";
import type { Store } from "./kept";

export const kept = new Kept(
  storeOf(() => sessionStorage),
  storeOf(() => localStorage),
  randomUuid,
);

/** Whether anything outlives this page. */
export const keeps = works(() => localStorage);

function storeOf(browser: () => Storage): Store {
  return works(browser) ? browser() : new Forgetful();
}

function works(browser: () => Storage): boolean {
  try {
    const name = "hemei.charge.probe";
    browser().setItem(name, name);
    browser().removeItem(name);
    return true;
  } catch {
    return false;
  }
}

class Forgetful implements Store {
  private readonly items = new Map<string, string>();

  getItem(name: string): string | null {
    return this.items.get(name) ?? null;
  }

  setItem(name: string, value: string): void {
    this.items.set(name, value);
  }

  removeItem(name: string): void {
    this.items.delete(name);
  }
}

/** A version 4 UUID; `crypto.randomUUID` is there with https only, and a site may have none on its own network. */
export function randomUuid(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  bytes[6] = ((bytes[6] ?? 0) & 0x0f) | 0x40;
  bytes[8] = ((bytes[8] ?? 0) & 0x3f) | 0x80;
  const hex = Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
}
