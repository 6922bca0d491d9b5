/* Builds src/*.ts and src/*.css into the package's static folder: hashed names, a manifest, and
   .br and .gz beside each file, so that the server compresses nothing. Run: node build.mjs */
import { mkdirSync, readFileSync, readdirSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { basename, dirname, extname, join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { brotliCompressSync, constants, gzipSync } from "node:zlib";
import { build } from "esbuild";

const here = dirname(fileURLToPath(import.meta.url));
const target = process.env.FLECTAR_DIST || join(here, "../src/flectar/ui/static/dist");
/* Built beside, and put in place when it is whole: a build that fails leaves the last one standing. */
const out = `${target}.new`;

/* Positions in five-minute steps, because style attributes are barred by the Content-Security-Policy. */
const grid = {
  name: "grid",
  setup(b) {
    b.onResolve({ filter: /^generated:grid\.css$/ }, ({ path }) => ({ path, namespace: "generated" }));
    b.onLoad({ filter: /.*/, namespace: "generated" }, () => {
      const rules = [];
      for (let n = 1; n <= 289; n++) rules.push(`.at-${n}{grid-row-start:${n}}.track>.at-${n}{grid-column-start:${n};grid-row-start:1}`);
      for (let n = 1; n <= 288; n++) rules.push(`.for-${n}{grid-row-end:span ${n}}.track>.for-${n}{grid-column-end:span ${n};grid-row-end:auto}`);
      for (let n = 1; n <= 14; n++) rules.push(`.half-${n}{grid-column-start:${n}}.halves-${n}{grid-column-end:span ${n}}`);
      for (let n = 1; n <= 6; n++) rules.push(`.lanes-${n}{grid-template-columns:repeat(${n},minmax(0,1fr))}.lane-${n}{--lane:${n}}.tall-${n}{--lanes:${n}}`);
      for (let n = 1; n <= 24; n++) {
        rules.push(`.hours-${n}{--hours:${n}}.hours-${n} .track{grid-template-columns:repeat(${12 * n},minmax(0,1fr))}`);
        rules.push(`.cols-of-${n}{--columns:${n}}`);
      }
      return { contents: `@layer grid{${rules.join("")}}`, loader: "css" };
    });
  },
};

rmSync(out, { recursive: true, force: true });
mkdirSync(out, { recursive: true });
const types = readdirSync(join(here, "src/public/fonts")).map((name) => `src/public/fonts/${name}`);
const result = await build({
  absWorkingDir: here,
  entryPoints: ["src/app.ts", "src/app.css", "src/public.ts", "src/public.css", "src/embed.ts", ...types],
  outdir: out,
  bundle: true,
  minify: true,
  splitting: true,
  format: "esm",
  target: ["chrome123", "safari17.5", "firefox121"],
  entryNames: "[name]-[hash]",
  chunkNames: "c/[name]-[hash]",
  assetNames: "a/[name]-[hash]",
  loader: { ".woff2": "file" },
  legalComments: "none",
  metafile: true,
  plugins: [grid],
});

const manifest = {};
const packages = new Set();
for (const [file, about] of Object.entries(result.metafile.outputs)) {
  if (about.entryPoint) manifest[basename(about.entryPoint, extname(about.entryPoint)).concat(extname(file))] = basename(file);
  if (file.endsWith(".woff2")) manifest[basename(Object.keys(about.inputs)[0])] = relative(out, join(here, file));
  for (const input of Object.keys(about.inputs)) {
    const found = input.match(/node_modules\/((?:@[^/]+\/)?[^/]+)\//);
    if (found) packages.add(found[1]);
  }
}
writeFileSync(join(out, "manifest.json"), JSON.stringify(manifest, null, 1) + "\n");

/* The licences of what is inside, word for word. */
const licences = [...packages].sort().map((name) => {
  const folder = join(here, "node_modules", name);
  const { version, license } = JSON.parse(readFileSync(join(folder, "package.json"), "utf8"));
  return `${name} ${version} (${license})\n\n${readFileSync(join(folder, "LICENSE"), "utf8")}`;
});
writeFileSync(join(out, "licences.txt"), licences.join("\n\n----\n\n"));

for (const name of readdirSync(out, { recursive: true, withFileTypes: true })) {
  if (!name.isFile() || !/\.(js|css|txt)$/.test(name.name)) continue;
  const path = join(name.parentPath ?? name.path, name.name);
  const bytes = readFileSync(path);
  writeFileSync(`${path}.br`, brotliCompressSync(bytes, { params: { [constants.BROTLI_PARAM_QUALITY]: 11 } }));
  writeFileSync(`${path}.gz`, gzipSync(bytes, { level: 9 }));
}

rmSync(target, { recursive: true, force: true });
renameSync(out, target);
