/** How people say that they consent, and which text was signed last: at a desk it is mostly the same one. */
export const HOWS = ["paper", "desk", "online", "other"] as const;

let last = "";

export const lastTextVersion = (): string => last;

export function rememberTextVersion(version: string): void {
  last = version;
}
