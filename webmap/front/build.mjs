// Builds the front end into webmap/static/built: one ES module per page, shared chunks, the map's worker, style sheets,
// each with its content hash in its name, a .gz and a .br beside it where they are smaller, and manifest.json from plain to hashed names.
//
// MapLibre is bundled from its shipped TypeScript sources instead of its two ready-made files: the page and its worker
// then share one chunk (335 kB gzipped against 442 kB), which is what keeps the map page inside its budget.
import { build } from "esbuild";
import { createHash } from "node:crypto";
import { brotliCompressSync, constants, gzipSync } from "node:zlib";
import { existsSync, mkdirSync, readFileSync, readdirSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { basename, dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";

const here = dirname(fileURLToPath(import.meta.url));
const target = resolve(process.argv[2] ?? join(here, "../static/built"));
const fresh = `${target}.new`;
const PAGES = ["refused", "map", "signin", "password", "security", "import", "plans", "draw", "accounts", "audit", "print", "people", "posts", "chiefs", "handover", "issues", "board", "ledger", "settings", "incoming", "field", "report"];
const SHEETS = ["app", "map", "draw", "print", "people", "issues", "board", "field"];
const MAP_PAGE = ["map.js", "maplibre-worker.js", "theme.js", "app.css", "map.css"];
const MAP_PAGE_LIMIT_KB = 450;
// What the field app needs to begin; its map comes later, and is not counted.
const FIELD_PAGE = ["field.js", "theme.js", "field.css"];
const FIELD_PAGE_LIMIT_KB = 150;
const FIELD_STATIC = ["icon.svg", "icon-192.png", "field.webmanifest"];

const common = {
  absWorkingDir: here,
  bundle: true,
  minify: true,
  metafile: true,
  target: ["es2022", "chrome100", "firefox104", "safari16"],
  entryNames: "[name]-[hash]",
  chunkNames: "chunk-[hash]",
  assetNames: "[name]-[hash]",
  outdir: fresh,
  legalComments: "none",
  logLevel: "warning",
  charset: "utf8",
  external: ["/static/*"],
  // MapLibre's classes declare fields that a base class has already set: they must not be defined anew.
  tsconfigRaw: { compilerOptions: { useDefineForClassFields: false, verbatimModuleSyntax: true } },
  alias: { "maplibre-gl": join(here, "node_modules/maplibre-gl/src/index.ts") },
};

const named = (entries) => entries.map(([out, source]) => ({ in: source, out }));

async function bundle() {
  const modules = named([
    ...PAGES.map((page) => [page, `src/pages/${page}.ts`]),
    ["maplibre-worker", "node_modules/maplibre-gl/src/source/worker.ts"],
  ]);
  const sheets = named(SHEETS.map((sheet) => [sheet, `src/css/${sheet}.css`]));
  return Promise.all([
    build({ ...common, entryPoints: modules, format: "esm", splitting: true }),
    build({ ...common, entryPoints: sheets }),
    // Runs before the first paint, so that a dark page never flashes white: a classic script of a few hundred bytes.
    build({ ...common, entryPoints: named([["theme", "src/theme.ts"]]), format: "iife" }),
  ]);
}

// plain name -> hashed name, for entry points only
function manifestOf(outputs) {
  const rows = Object.entries(outputs)
    .filter(([file, output]) => output.entryPoint && !basename(file).startsWith("chunk-"))
    .map(([file]) => [basename(file).replace(/-[A-Z0-9]{8}(\.\w+)$/, "$1"), basename(file)]);
  return Object.fromEntries(rows.sort());
}

// every file that the named files load, at once or (unless only what is needed to begin is asked for) on demand
function reach(outputs, files, onDemand = true) {
  const byName = Object.fromEntries(Object.entries(outputs).map(([file, output]) => [basename(file), output]));
  const seen = new Set();
  const visit = (file) => {
    if (seen.has(file) || !byName[file]) return;
    seen.add(file);
    byName[file].imports.filter(({ kind }) => onDemand || kind !== "dynamic-import").forEach((found) => visit(basename(found.path)));
  };
  files.forEach(visit);
  return [...seen];
}

function compress(folder) {
  const sizes = {};
  for (const file of readdirSync(folder)) {
    const bytes = readFileSync(join(folder, file));
    const quality = { [constants.BROTLI_PARAM_QUALITY]: 11, [constants.BROTLI_PARAM_SIZE_HINT]: bytes.length };
    const gz = gzipSync(bytes, { level: 9 });
    sizes[file] = Math.min(gz.length, bytes.length);
    for (const [ending, packed] of [["gz", gz], ["br", brotliCompressSync(bytes, { params: quality })]]) {
      if (packed.length < bytes.length) writeFileSync(join(folder, `${file}.${ending}`), packed);
    }
  }
  return sizes;
}

// The field app's service worker is told which files to keep: those the page begins with, and those it may ask for later.
async function fieldWorker(outputs, manifest) {
  const first = reach(outputs, FIELD_PAGE.map((name) => manifest[name]), false);
  const later = [...reach(outputs, ["field.js", "maplibre-worker.js"].map((name) => manifest[name]))].filter((file) => !first.includes(file));
  const address = (file) => `/static/built/${file}`;
  const shell = [...first.map(address), ...FIELD_STATIC.map((file) => `/static/${file}`)];
  const template = readFileSync(join(here, "../templates/field.html"));
  const version = createHash("sha256").update(JSON.stringify([shell, later])).update(template).digest("hex").slice(0, 12);
  const told = { SHELL_FILES: shell, LATER_FILES: ["/field/worker.js", ...later.map(address)], SHELL_VERSION: version };
  const define = Object.fromEntries(Object.entries(told).map(([name, value]) => [name, JSON.stringify(value)]));
  const made = await build({ ...common, define, format: "iife", entryPoints: named([["field-sw", "src/field-sw.ts"]]) });
  return { first, outputs: made.metafile.outputs };
}

// What the offline map of the board carries inside itself: Leaflet as it is shipped, which no page of ours loads.
function takeaway() {
  const read = (path) => readFileSync(join(here, "node_modules", path), "utf8").replace(/\/\/# sourceMappingURL=.*\s*$/, "");
  const script = `${read("leaflet/dist/leaflet.js")}\n${read("leaflet.heat/dist/leaflet-heat.js")}`;
  writeFileSync(join(fresh, "takeaway.js"), script);
  writeFileSync(join(fresh, "takeaway.css"), read("leaflet/dist/leaflet.css").replace(/url\([^)]*\)/g, "none"));
  return { "takeaway.js": "takeaway.js", "takeaway.css": "takeaway.css" };
}

// The licences of what the bundles contain ask that their text travels along.
function licences() {
  const { packages } = JSON.parse(readFileSync(join(here, "package-lock.json"), "utf8"));
  const shipped = Object.entries(packages).filter(([path, row]) => path && !row.dev && !path.includes("@types/"));
  return shipped
    .map(([path, row]) => {
      const folder = join(here, path);
      const file = existsSync(folder) ? readdirSync(folder).find((name) => /^licen[cs]e/i.test(name)) : undefined;
      const text = file ? readFileSync(join(folder, file), "utf8").trim() : row.license;
      return `${path.replace(/^.*node_modules\//, "")} ${row.version} (${row.license ?? "see text"})\n\n${text}\n`;
    })
    .join(`\n${"-".repeat(79)}\n\n`);
}

rmSync(fresh, { recursive: true, force: true });
mkdirSync(fresh, { recursive: true });
const results = await bundle();
const outputs = Object.assign({}, ...results.map((result) => result.metafile.outputs));
const field = await fieldWorker(outputs, manifestOf(outputs));
const manifest = { ...manifestOf({ ...outputs, ...field.outputs }), ...takeaway() };
// The field page names its chunks itself, so that they are asked for together with the script that needs them.
manifest["field-chunks"] = field.first.filter((file) => file.startsWith("chunk-")).join(" ");
const sizes = compress(fresh);
writeFileSync(join(fresh, "manifest.json"), `${JSON.stringify(manifest, null, 2)}\n`);
writeFileSync(join(fresh, "third-party-licences.txt"), licences());
rmSync(target, { recursive: true, force: true });
renameSync(fresh, target);

check("map page", reach(outputs, MAP_PAGE.map((name) => manifest[name])), MAP_PAGE_LIMIT_KB);
check("field page", field.first, FIELD_PAGE_LIMIT_KB);

function check(name, files, limit_kb) {
  const total_kb = files.reduce((sum, file) => sum + sizes[file], 0) / 1000;
  console.log(`${name}: ${total_kb.toFixed(1)} kB gzipped of ${limit_kb} kB (${files.length} files)`);
  if (total_kb <= limit_kb) return;
  console.error(`the ${name} is over its budget`);
  process.exit(1);
}
