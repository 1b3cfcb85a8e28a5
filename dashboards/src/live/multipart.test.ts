import { describe, expect, it } from "vitest";
import { MultipartReader } from "./multipart";

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
const text = (part: Uint8Array): string => new TextDecoder().decode(part);
const part = (body: string): string =>
  `Content-Type: image/jpeg\r\nContent-Length: ${body.length}\r\n\r\n${body}\r\n--b\r\n`;
const STREAM = `--b\r\n${part("one")}${part("--b\r\n\r\n two")}${part("")}${part("four")}`;
const PARTS = ["one", "--b\r\n\r\n two", "", "four"];

describe("parts", () => {
  it("come out whole in whatever pieces they arrive", () => {
    for (let size = 1; size <= STREAM.length; size += 1) {
      const reader = new MultipartReader();
      const seen: string[] = [];
      for (let at = 0; at < STREAM.length; at += size) {
        seen.push(...reader.push(bytes(STREAM.slice(at, at + size))).map(text));
      }
      expect(seen, `pieces of ${size}`).toEqual(PARTS);
    }
  });

  it("do not come out before they are whole", () => {
    const reader = new MultipartReader();
    expect(reader.push(bytes("--b\r\nContent-Length: 4\r\n\r\nfou"))).toEqual([]);
    expect(reader.push(bytes("r")).map(text)).toEqual(["four"]);
  });

  it.each([
    ["no length", "--b\r\nContent-Type: image/jpeg\r\n\r\n"],
    ["a senseless length", "--b\r\nContent-Length: -3\r\n\r\n"],
    ["a huge length", "--b\r\nContent-Length: 99999999999\r\n\r\n"],
    ["no head", "x".repeat(5000)],
  ])("with %s are refused", (_, said) => {
    expect(() => new MultipartReader().push(bytes(said))).toThrow();
  });
});
