/** How a bundle is checked with what any Linux machine has, without our software. Pure. */
import type { Bundle } from "@/live/disclosures";

const ENCRYPTED = ".age";

/** One command a line, in the order in which they are typed. */
export function stockCommands({ name }: Pick<Bundle, "name">): readonly string[] {
  const zip = name.endsWith(ENCRYPTED) ? name.slice(0, -ENCRYPTED.length) : name;
  const folder = zip.replace(/\.zip$/, "");
  return [
    ...(name === zip ? [] : [`age --decrypt -i key.txt -o ${zip} ${name}`]),
    `sha256sum -c ${zip}.sha256`,
    `unzip -q ${zip} -d ${folder} && cd ${folder}`,
    "sha256sum -c SHA256SUMS",
    "openssl pkeyutl -verify -pubin -inkey signer.pem -rawin -in SHA256SUMS -sigfile SHA256SUMS.sig",
    `openssl pkeyutl -verify -pubin -inkey signer.pem -rawin -in ../${zip}.sha256 -sigfile ../${zip}.sha256.sig`,
    "openssl pkey -pubin -in signer.pem -outform DER | sha256sum",
  ];
}
