import { readdirSync, existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { defineConfig } from "vite";

const here = fileURLToPath(new URL(".", import.meta.url));

// An island with a main.ts of its own is an entry, loaded only by the pages that name it.
// The others are small and travel with main.ts.
const islands = readdirSync(`${here}islands`).filter((name) => existsSync(`${here}islands/${name}/main.ts`));

export default defineConfig({
  root: here,
  base: "/static/",
  server: { port: 5173, strictPort: true },
  // KERN still uses an old Sass function; its warnings are not ours to fix.
  css: { preprocessorOptions: { scss: { quietDeps: true } } },
  build: {
    // These browsers know light-dark(); lowering it would double the style sheet and break the theme switch.
    cssTarget: ["chrome123", "firefox120", "safari17.5"],
    manifest: "manifest.json",
    outDir: "dist",
    emptyOutDir: true,
    target: "es2022",
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    rollupOptions: {
      input: ["main.ts", ...islands.map((name) => `islands/${name}/main.ts`)],
    },
  },
});
