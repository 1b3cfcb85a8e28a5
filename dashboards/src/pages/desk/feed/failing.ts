/** What keeps the feed from the library, in the viewer's language: the hub says it in English sentences. Pure. */

/** The hub's sentence → key of our words. The first that fits counts. */
const SENTENCES: readonly (readonly [RegExp, string])[] = [
  [/refuses id or password/, "password"],
  [/does not know us any more/, "forgotten"],
  [/does not register us/, "notRegistered"],
  [/keepalives without an answer/, "silent"],
  [/^password_file/, "noPassword"],
  [/refuses \d+ of our devices/, "devices"],
  [/busy or fails/, "busy"],
  [/^\/VIID\//, "unreachable"],
  [/^the receivers of/, "receivers"],
];

/** Our words for why it fails; the hub's own where there are none. */
export function failingWords(why: string, t: (key: string) => string): string {
  const key = SENTENCES.find(([sentence]) => sentence.test(why))?.[1];
  return key === undefined ? why : t(`feedFailing.${key}`);
}
