/** At build time: writes into the worker which files the console is made of, and the manifest of the console as an app. */
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import type { Plugin, Rolldown } from "vite";

const WORKER = "console-worker";
const MANIFEST = "console.webmanifest";
const HTML = "console.html";

interface Icon {
  readonly file: string;
  readonly sizes: string;
  readonly purpose: "any" | "maskable";
}

const ICONS: readonly Icon[] = [
  { file: "app-192.png", sizes: "192x192", purpose: "any" },
  { file: "app-512.png", sizes: "512x512", purpose: "any" },
  { file: "app-maskable-512.png", sizes: "512x512", purpose: "maskable" },
];

/** Colours of `--page` and `--raised` in tokens.css: what the system paints around the console. */
const APP = {
  id: "/console",
  name: "和美小区 值班台",
  short_name: "值班台",
  description: "报警、通行、岗位、工单",
  lang: "zh-CN",
  dir: "ltr",
  start_url: "/console",
  scope: "/console",
  display: "standalone",
  background_color: "#191d22",
  theme_color: "#2f373f",
} as const;

/** The name under which the worker is an entry of the build, and so that of its file. */
export const WORKER_ENTRY = WORKER;

export function consoleApp(): Plugin {
  const icons = new Map<string, string>();
  return {
    name: "console-app",
    apply: "build",
    enforce: "post",
    buildStart() {
      for (const { file } of ICONS) icons.set(file, this.emitFile({ type: "asset", name: file, source: bytesOf(file) }));
    },
    transformIndexHtml: {
      order: "post",
      handler: (_html, { filename }) => (filename.endsWith(HTML) ? tags() : []),
    },
    generateBundle: {
      order: "post",
      handler(_options, bundle) {
        const icon = (file: string): string => `/${this.getFileName(icons.get(file) ?? "")}`;
        const shown = ICONS.map(({ file, sizes, purpose }) => ({ src: icon(file), sizes, type: "image/png", purpose }));
        this.emitFile({ type: "asset", fileName: MANIFEST, source: JSON.stringify({ ...APP, icons: shown }) });
        const worker = bundle[`${WORKER}.js`];
        if (worker?.type !== "chunk") this.error(`${WORKER} was not built`);
        if (worker.imports.length > 0) this.error(`${WORKER} shares code with a page: a worker must be one file`);
        const files = filesOf(bundle);
        const build = createHash("sha256").update(JSON.stringify(files)).update(sourceOf(bundle[HTML])).digest("hex");
        worker.code = worker.code
          .replaceAll("__BUILD__", JSON.stringify(build.slice(0, 12)))
          .replaceAll("__FILES__", JSON.stringify(files));
      },
    },
  };
}

function tags() {
  return [
    { tag: "link", attrs: { rel: "manifest", href: `/${MANIFEST}` }, injectTo: "head" as const },
    { tag: "meta", attrs: { name: "theme-color", content: APP.theme_color }, injectTo: "head" as const },
  ];
}

function bytesOf(file: string): Uint8Array {
  return readFileSync(fileURLToPath(new URL(`../assets/${file}`, import.meta.url)));
}

/** Everything that the console may load, also later on: addresses, sorted. */
function filesOf(bundle: Rolldown.OutputBundle): readonly string[] {
  const found = new Set<string>();
  const add = (name: string): void => {
    const output = bundle[name];
    if (output === undefined || found.has(name)) return;
    found.add(name);
    if (output.type !== "chunk") return;
    const { importedCss, importedAssets } = output.viteMetadata ?? {};
    for (const next of [...output.imports, ...output.dynamicImports, ...(importedCss ?? []), ...(importedAssets ?? [])]) add(next);
  };
  for (const [name, output] of Object.entries(bundle)) if (output.type === "chunk" && output.name === "console") add(name);
  return [...found].sort().map((name) => `/${name}`);
}

function sourceOf(output: Rolldown.OutputAsset | Rolldown.OutputChunk | undefined): string | Uint8Array {
  if (output?.type !== "asset") throw new Error(`${HTML} was not built`);
  return output.source;
}
