/** What an address of this page is for. Pure. */

export type Place =
  | { readonly kind: "scan"; readonly code: string }
  | { readonly kind: "order"; readonly key: string }
  | { readonly kind: "account"; readonly key: string }
  | { readonly kind: "nowhere" };

/** `path` is the address's path: `/c/CODE`, `/c/order/KEY`, `/c/account/KEY`. */
export function placeOf(path: string): Place {
  const [first, second, third, ...rest] = path.replace(/\/+$/, "").split("/").slice(1).map(decoded);
  if (first !== "c" || rest.length > 0 || !second) return { kind: "nowhere" };
  if (third === undefined) return { kind: "scan", code: second };
  if (third !== "" && (second === "order" || second === "account")) return { kind: second, key: third };
  return { kind: "nowhere" };
}

export function pathOf(place: Exclude<Place, { kind: "nowhere" }>): string {
  return place.kind === "scan"
    ? `/c/${encodeURIComponent(place.code)}`
    : `/c/${place.kind}/${encodeURIComponent(place.key)}`;
}

function decoded(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part; // a lone "%": the hub will not know it
  }
}
