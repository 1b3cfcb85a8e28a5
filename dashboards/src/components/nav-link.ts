/** One of the places that a page has: where it is, what it is called, and whether one is there. */
export interface NavLink {
  readonly key: string;
  readonly href: string;
  readonly name: string;
  readonly current: boolean;
}
