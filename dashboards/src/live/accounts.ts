/** People who may sign in, tokens of screens and machines, and one's own account. */
import { look, change, put, remove, tell } from "./ask";
import type { Answer } from "./ask";

export interface Account {
  readonly name: string;
  readonly role: string;
  readonly enabled: boolean;
  readonly password: boolean;
  readonly created: string;
  /** Null: never. */
  readonly seen: string | null;
}

/** An address that is shown once; `qr`: the same as SVG. */
export interface Handed {
  readonly link: string;
  readonly qr: string;
}

export interface OneTimeLink extends Handed {
  readonly expires: string;
}

export interface Token {
  readonly name: string;
  readonly role: string;
  readonly created: string;
  /** Null: holds until it is revoked. */
  readonly expires: string | null;
  /** When it was last used, to the minute; null: never. */
  readonly seen: string | null;
}

export interface NewToken {
  readonly name: string;
  readonly role: string;
  readonly token: string;
  readonly expires: string | null;
  /** What a screen opens; null: it is a machine's. */
  readonly screen: Handed | null;
}

/** `own`: there is an account; `set`: it has a password. */
export interface PasswordState {
  readonly own: boolean;
  readonly set: boolean;
}

/** The role of tokens that open a screen. */
export const SCREEN_ROLE = "wall";

const NAME = /^[a-z0-9][a-z0-9._-]{0,63}$/;

/** Whether a person or a token may be called so. */
export function isName(text: string): boolean {
  return NAME.test(text);
}

const person = (name: string): string => `/people/${encodeURIComponent(name)}`;

export const readPeople = (): Promise<Answer<{ readonly people: readonly Account[] }>> => look("/people");
export const addPerson = (name: string, role: string): Promise<Answer<Account>> => tell("/people", { name, role });
export const changePerson = (name: string, to: { role?: string; enabled?: boolean }): Promise<Answer<Account>> =>
  change(person(name), to);
export const makeLink = (name: string, forgot: boolean): Promise<Answer<OneTimeLink>> =>
  tell(`${person(name)}/link`, { forget_password: forgot });
export const endSessions = (name: string): Promise<Answer<null>> => remove(`${person(name)}/sessions`);

export const readTokens = (): Promise<Answer<{ readonly tokens: readonly Token[] }>> => look("/tokens");
export const makeToken = (name: string, role: string, days: number | null): Promise<Answer<NewToken>> =>
  tell("/tokens", { name, role, days });
export const revokeToken = (name: string): Promise<Answer<null>> => remove(`/tokens/${encodeURIComponent(name)}`);

export const readPassword = (): Promise<Answer<PasswordState>> => look("/session/password");
export const setPassword = (current: string, password: string): Promise<Answer<null>> =>
  put("/session/password", { current, password });
export const signOut = (): Promise<Answer<null>> => remove("/session");
