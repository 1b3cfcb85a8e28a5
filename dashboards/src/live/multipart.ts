/** Takes multipart/x-mixed-replace apart: parts with a Content-Length, as the hub sends pictures. Pure. */

const MAX_HEAD = 4096;
const MAX_PART = 2 * 1024 * 1024;
const BLANK_LINE = [13, 10, 13, 10] as const;

/** Bytes in, whole parts out. Throws if they cannot be what the hub sends. */
export class MultipartReader {
  #waiting = new Uint8Array(0);

  push(chunk: Uint8Array): Uint8Array<ArrayBuffer>[] {
    this.#waiting = joined(this.#waiting, chunk);
    const parts: Uint8Array<ArrayBuffer>[] = [];
    for (let part = this.#next(); part !== null; part = this.#next()) parts.push(part);
    return parts;
  }

  #next(): Uint8Array<ArrayBuffer> | null {
    const headEnd = find(this.#waiting, BLANK_LINE);
    if (headEnd < 0) {
      if (this.#waiting.length > MAX_HEAD) throw new Error("no part begins");
      return null;
    }
    const head = new TextDecoder("latin1").decode(this.#waiting.subarray(0, headEnd));
    const length = Number(/content-length: *(\d+)/i.exec(head)?.[1] ?? NaN);
    if (!(length <= MAX_PART)) throw new Error("a part without a length, or with too great a one");
    const begin = headEnd + BLANK_LINE.length;
    if (this.#waiting.length < begin + length) return null;
    const part = this.#waiting.slice(begin, begin + length);
    this.#waiting = this.#waiting.slice(begin + length);
    return part;
  }
}

function joined(one: Uint8Array, other: Uint8Array): Uint8Array<ArrayBuffer> {
  const both = new Uint8Array(one.length + other.length);
  both.set(one);
  both.set(other, one.length);
  return both;
}

function find(bytes: Uint8Array, wanted: readonly number[]): number {
  const last = Math.min(bytes.length, MAX_HEAD + wanted.length) - wanted.length;
  for (let at = 0; at <= last; at += 1) {
    if (wanted.every((byte, offset) => bytes[at + offset] === byte)) return at;
  }
  return -1;
}
