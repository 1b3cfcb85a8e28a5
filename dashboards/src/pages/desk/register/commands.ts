/** How a bundle is checked with what any Linux machine has, without our software: the script of docs/police-bundle.md. Pure. */
import type { Bundle } from "@/live/disclosures";

const ENCRYPTED = ".age";

const SCRIPT = `
# 1  The ZIP is as it was made, its own headers included
sha256sum -c "$N.zip.sha256"

# 2  No name stands in it twice; then unpack it
test -z "$(unzip -Z1 "$N.zip" | sort | uniq -d)"
unzip -q "$N.zip" -d "$N"
cd "$N"

# 3  Every file is the one listed, none is missing, none was added
sha256sum -c --strict --quiet SHA256SUMS
proofs="SHA256SUMS SHA256SUMS.sig manifest.json.sig"
if grep -q '"stamped":true' manifest.json; then proofs="$proofs SHA256SUMS.tsr SHA256SUMS.tsr.sig"; fi
{ cut -c67- SHA256SUMS; printf '%s\\n' $proofs; } | LC_ALL=C sort > ../expected
find . ! -type d | cut -c3- | LC_ALL=C sort | diff ../expected -

# 4  The list, the manifest and the sum of the ZIP are signed
for file in SHA256SUMS manifest.json "../$N.zip.sha256"; do
    openssl pkeyutl -verify -pubin -inkey signer.pem -rawin -in "$file" -sigfile "$file.sig"
done

# 5  Whose key is it? Compare with the fingerprint that the community told you another way
openssl pkey -pubin -in signer.pem -outform DER | sha256sum

# 6  The chain of custody: the last hash is the "head" under "custody" in manifest.json
h=$(printf '0%.0s' $(seq 64))
while IFS= read -r line; do h=$(printf '%s%s' "$h" "$line" | sha256sum | cut -c-64); done < custody.jsonl
grep -q "\\"custody\\":{\\"head\\":\\"$h\\"" manifest.json
`;

const GROUP = /.{1,8}/g;

/** A digest as people compare it by eye: eight digits at a time. */
export const groupsOf = (digest: string): readonly string[] => digest.match(GROUP) ?? [];

/** What prints the SHA-256 of a file on Windows, with nothing installed. */
export const windowsCommand = ({ name }: Pick<Bundle, "name">): string => `certutil -hashfile ${name} SHA256`;

/** The number of a bundle, as its files are called by. */
export const numberOf = ({ name }: Pick<Bundle, "name">): string => name.replace(/\.zip(\.age)?$/, "");

/** The whole script; what is encrypted is opened first, with the key file of whom it was made for. */
export function stockScript(bundle: Pick<Bundle, "name">): string {
  const opens = bundle.name.endsWith(ENCRYPTED) ? `\nage -d -i key.txt -o "$N.zip" "$N.zip.age"\n` : "";
  return `set -eu\nN=${numberOf(bundle)}\n${opens}${SCRIPT}`;
}
