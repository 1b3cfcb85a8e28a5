/** The form of a person: from what the register says to what is typed, and back to a request. Pure. */
import type { Category, Person } from "@/live/register";
import { beginOf, dayOf, endOf, lastDayOf } from "../days";
import { cardsOf } from "../drafts";
import type { Writers } from "../drafts";

export type PersonDraft = {
  name: string;
  category: Category;
  household: string | null;
  phone: string;
  cards: string;
  levels: readonly string[];
  valid_from: string;
  valid_until: string;
  blocked: boolean;
  birth_year: string;
  minor: boolean;
  guardian: string;
  note: string;
};

export const BLANK_PERSON: PersonDraft = {
  name: "",
  category: "resident",
  household: null,
  phone: "",
  cards: "",
  levels: [],
  valid_from: "",
  valid_until: "",
  blocked: false,
  birth_year: "",
  minor: false,
  guardian: "",
  note: "",
};

export const WRITE_PERSON: Writers<PersonDraft> = {
  name: (said) => said.trim(),
  phone: (said) => said.trim(),
  cards: cardsOf,
  valid_from: beginOf,
  valid_until: endOf,
  birth_year: (said) => (/^\d+$/.test(said.trim()) ? Number(said) : null),
};

export function draftOfPerson(person: Person): PersonDraft {
  return {
    name: person.name,
    category: person.category,
    household: person.household,
    phone: person.phone,
    cards: person.cards.join(" "),
    levels: person.levels,
    valid_from: dayOf(person.valid_from),
    valid_until: lastDayOf(person.valid_until),
    blocked: person.blocked,
    birth_year: person.birth_year === null ? "" : String(person.birth_year),
    minor: person.child && person.birth_year === null,
    guardian: person.guardian,
    note: person.note,
  };
}
