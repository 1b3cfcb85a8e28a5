/** The part of an address after `?`; what is undefined, null, empty or false is left out. */
export type QueryValue = string | number | boolean | readonly string[] | null | undefined;

export function query(wanted: Readonly<Record<string, QueryValue>>): string {
  const said = new URLSearchParams();
  for (const [name, value] of Object.entries(wanted)) {
    if (value === undefined || value === null || value === "" || value === false) continue;
    for (const each of Array.isArray(value) ? (value as readonly string[]) : [value]) said.append(name, String(each));
  }
  const text = said.toString();
  return text === "" ? "" : `?${text}`;
}
