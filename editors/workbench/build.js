// Writes editor.js, lit-html.js and licences.txt of src/edexql/web/static.
//
//     npm ci && node build.js            writes them
//     npm ci && node build.js --check    exits 1 where they are not what the sources say
//
// The same sources and package-lock.json give the same bytes, whatever the machine.

import {existsSync, readdirSync, readFileSync, writeFileSync} from "node:fs";
import {dirname, join, resolve} from "node:path";
import {fileURLToPath} from "node:url";

import {build} from "esbuild";

const here = dirname(fileURLToPath(import.meta.url));
const place = resolve(here, "../../src/edexql/web/static");
const check = process.argv.includes("--check");
const BANNER = "/* Made by editors/workbench/build.js. The licences of what is in it: licences.txt. */";

const {outputFiles, metafile} = await build({
  absWorkingDir: here,
  entryPoints: {editor: "src/editor.js", "lit-html": "src/lit-html.js"},
  outdir: place,
  bundle: true,
  write: false,
  metafile: true,
  format: "esm",
  platform: "browser",
  target: "es2022",
  minify: true,
  legalComments: "none",
  charset: "utf8",
  banner: {js: BANNER},
  // The parser of the language is a module of the page of its own.
  external: ["./parser.js"],
});

const made = new Map(outputFiles.map((file) => [file.path.slice(place.length + 1), file.text]));
made.set("licences.txt", licences(Object.keys(metafile.inputs)));

const different = [...made].filter(([name, text]) => {
  const path = join(place, name);
  return !existsSync(path) || readFileSync(path, "utf8") !== text;
});
if (!check) for (const [name, text] of made) writeFileSync(join(place, name), text);
else if (different.length) {
  console.log(`${different.map(([name]) => name).join(", ")} of src/edexql/web/static: not what editors/workbench says. ` +
              "Run npm ci && node build.js there");
  process.exit(1);
}

/** The name, version and licence of each package that one of the files came from. */
function licences(files) {
  const found = new Set(files.map((file) => /^node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(file)?.[1]).filter(Boolean));
  const parts = ["The files editor.js and lit-html.js hold the packages that are named here.\n"];
  for (const name of [...found].sort()) {
    const folder = join(here, "node_modules", name);
    const {version, license} = JSON.parse(readFileSync(join(folder, "package.json"), "utf8"));
    const file = readdirSync(folder).find((entry) => /^licen[cs]e(\.(md|txt))?$/i.test(entry));
    if (!file) throw new Error(`${name} has no licence text`);
    parts.push(`${"-".repeat(80)}\n${name} ${version} (${license})\n\n${readFileSync(join(folder, file), "utf8").trim()}\n`);
  }
  return parts.join("\n");
}
