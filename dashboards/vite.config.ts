/** One HTML entry per page; everything else lands in /assets with hashed names. */
import { fileURLToPath } from "node:url";
import vue from "@vitejs/plugin-vue";
import { defineConfig } from "vitest/config";
import { WORKER_ENTRY, consoleApp } from "./src/offline/emit.ts";

const here = (path: string): string => fileURLToPath(new URL(path, import.meta.url));
const inputs = (...pages: string[]): Record<string, string> =>
  Object.fromEntries(pages.map((page) => [page, here(`./${page}.html`)]));
const hub = process.env["HEMEI_HUB"] ?? "http://127.0.0.1:8080";

export default defineConfig({
  plugins: [vue(), consoleApp()],
  base: "/",
  define: {
    __VUE_OPTIONS_API__: false,
    __VUE_I18N_LEGACY_API__: false,
    __VUE_I18N_FULL_INSTALL__: false,
    __INTLIFY_PROD_DEVTOOLS__: false,
  },
  resolve: { alias: { "@": here("./src") } },
  build: {
    outDir: "dist",
    // Residents' telephones are older than the control room's screens.
    target: ["chrome87", "edge88", "firefox78", "safari14"],
    // A strict content security policy allows neither inline scripts nor data: addresses.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    // The charts' engine, which is loaded after all else.
    chunkSizeWarningLimit: 700,
    rolldownOptions: {
      input: {
        ...inputs("wall", "console", "desk", "admin", "signin", "charge", "visit", "police"),
        [WORKER_ENTRY]: here("./src/offline/worker.ts"),
      },
      output: {
        // A worker governs what lies below its own address, so its name is fixed.
        entryFileNames: ({ name }) => (name === WORKER_ENTRY ? "[name].js" : "assets/[name]-[hash].js"),
      },
    },
  },
  server: { proxy: { "/api": { target: hub, ws: true } } },
  test: {
    include: ["src/**/*.test.ts"],
    environment: "node",
    isolate: false,
    setupFiles: ["src/begin-tests.ts"],
    unstubGlobals: true,
  },
});
