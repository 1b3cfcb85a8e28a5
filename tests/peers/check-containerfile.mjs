// Print what dockerfile-utils, the checker behind many editors, finds in the file that is named; nothing is well.
import { readFileSync } from "node:fs";
import { validate } from "dockerfile-utils";

for (const { range, message } of validate(readFileSync(process.argv[2], "utf8"))) {
  console.log(`${range.start.line + 1}: ${message}`);
}
