/** One HTML entry per page; everything else lands in /assets with hashed names. */
import { fileURLToPath } from "node:url";
import vue from "@vitejs/plugin-vue";
import { defineConfig } from "vitest/config";

const here = (path: string): string => fileURLToPath(new URL(path, import.meta.url));
const inputs = (...pages: string[]): Record<string, string> =>
  Object.fromEntries(pages.map((page) => [page, here(`./${page}.html`)]));
const hub = process.env["HEMEI_HUB"] ?? "http://127.0.0.1:8080";

export default defineConfig({
  plugins: [vue()],
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
    rolldownOptions: { input: inputs("wall", "console", "admin", "signin", "charge", "visit") },
  },
  server: { proxy: { "/api": { target: hub, ws: true } } },
  test: { include: ["src/**/*.test.ts"], environment: "node" },
});
