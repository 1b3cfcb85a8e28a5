/** What this browser remembers of a screen: how it is set up stays with it, not with who signs in. */

/** Null if there is nothing of that name, or nothing can be kept. */
export function remembered(name: string): string | null {
  try {
    return localStorage.getItem(name);
  } catch {
    return null; // a browser that stores nothing still shows the page
  }
}

/** An empty text forgets. */
export function remember(name: string, text: string): void {
  try {
    if (text === "") localStorage.removeItem(name);
    else localStorage.setItem(name, text);
  } catch {
    // the same
  }
}
