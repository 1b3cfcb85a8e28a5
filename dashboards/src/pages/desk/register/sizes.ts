/** How large something is, as people read it. Pure. */
type Value = (value: number, unit: string | null) => string;

const KIB = 1024;
const MIB = KIB * KIB;

export const sizeWords = (bytes: number, value: Value): string =>
  bytes < MIB ? `${value(bytes / KIB, null)} KiB` : `${value(bytes / MIB, null)} MiB`;

/** The stage of the making that counts bytes; the others count rows or files. */
const IN_BYTES = "writing";

export const amountWords = (stage: string, amount: number, value: Value): string =>
  stage === IN_BYTES ? sizeWords(amount, value) : value(amount, null);
