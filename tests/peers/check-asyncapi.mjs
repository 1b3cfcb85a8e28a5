// Reads an AsyncAPI document from standard input; writes the parser's diagnostics as JSON.
import { text } from "node:stream/consumers";
import { Parser } from "@asyncapi/parser";

const { document, diagnostics } = await new Parser().parse(await text(process.stdin));
const found = diagnostics.map(({ severity, code, message, path }) => ({ severity, code, message, path }));
const channels = document?.allChannels().all().length ?? 0;
process.stdout.write(JSON.stringify({ valid: document !== undefined, channels, diagnostics: found }));
