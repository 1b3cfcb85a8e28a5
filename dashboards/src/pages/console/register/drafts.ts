/** What somebody has typed into a form, beside what the register says. Pure. */
import type { Fields } from "@/live/register";

export type Said = string | boolean | null | readonly string[];
export type Draft = Readonly<Record<string, Said>>;
/** How a field is written in a request, where that is not as it is typed. */
export type Writers<D> = { readonly [Name in keyof D]?: (said: D[Name]) => unknown };

export function same(one: Said | undefined, other: Said | undefined): boolean {
  return JSON.stringify(one) === JSON.stringify(other);
}

/** The names of the fields in which two drafts differ. */
export function differing<D extends Draft>(one: D, other: D): readonly (keyof D & string)[] {
  return Object.keys(one).filter((name) => !same(one[name], other[name]));
}

/** What a request says: only what was typed differently from `base`, so that nobody else's change is undone. */
export function changesOf<D extends Draft>(draft: D, base: D, writers: Writers<D> = {}): Fields {
  return Object.fromEntries(
    differing(draft, base).map((name) => {
      const write = writers[name] as ((said: Said) => unknown) | undefined;
      const said: Said = draft[name] as Said;
      return [name, write === undefined ? said : write(said)];
    }),
  );
}

/** The draft on top of what is there now: what was typed stays, all else becomes what it is now. */
export function rebased<D extends Draft>(draft: D, base: D, now: D): D {
  const typed = differing(draft, base);
  return { ...now, ...Object.fromEntries(typed.map((name) => [name, draft[name]])) };
}

/** Card numbers as people type them: with spaces, semicolons or lines between them. */
export function cardsOf(text: string): readonly string[] {
  return text.split(/[\s;；、]+/).filter((each) => each !== "");
}
