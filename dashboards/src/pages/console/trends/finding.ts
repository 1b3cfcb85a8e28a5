/** Which properties are offered for what somebody types. Pure. */

export interface Offer {
  /** `site/kind/device/property`. */
  readonly key: string;
  readonly device: string;
  readonly property: string;
  /** What it is found by beside its names. */
  readonly said: string;
}

/** Those in which every word stands, by name. */
export function found(offers: readonly Offer[], text: string): readonly Offer[] {
  const wanted = text.toLowerCase().split(/\s+/).filter(Boolean);
  return offers
    .filter(({ device, property, said }) => {
      const all = `${device} ${property} ${said}`.toLowerCase();
      return wanted.every((word) => all.includes(word));
    })
    .toSorted(
      (one, other) =>
        one.device.localeCompare(other.device, undefined, { numeric: true }) || one.property.localeCompare(other.property),
    );
}
