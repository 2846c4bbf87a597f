import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { build, transform } from 'esbuild';

/*
 * The command as one file of plain code that starts fast. `npm run bench` shows the cost.
 *
 * Node reads the whole file before any of it runs, and most of it is for other commands. So each command is a function, and so is each group of modules
 * that several commands share: Node only scans a function that nobody calls. `require` in a function calls the function of another part.
 * A wrapper for each module, as esbuild makes them for a single file, costs 5 to 8 ms more.
 *
 * A part is one scope, which takes ECMAScript modules that nobody `require`s: yaml's are those that its `exports` name for a platform other than Node
 * (they differ from the others in how `!!binary` is decoded, and read no LOG_* variables).
 */
const SOURCE = 'src/cli';
/*
 * Names are short, since Node scans the whole file: that is 3 to 5 ms of a start. A stack has short names then; the bundle of a version is always the same,
 * so a build without `minify` tells what they mean.
 */
const SMALL = { target: 'node20', minify: true, logLevel: 'warning' };

/** What src/base/lazy-modules.ts becomes: code that needs yaml is loaded together with it, other code without it. No command needs cdk8s-plus. */
const LAZY_MODULES = {
  yamlModule: 'export { yamlModule } from "./src/cli/eager-yaml";',
  cryptoModule: 'export const cryptoModule = () => require("node:crypto");',
};

const lazyModules = {
  name: 'lazy-modules',
  setup: ({ onLoad, onResolve }) => {
    onResolve({ filter: /\/lazy-modules$/ }, ({ importer, path, resolveDir }) => {
      if (!join(resolveDir, path).endsWith(join('src', 'base', 'lazy-modules'))) return undefined;
      const code = readFileSync(importer, 'utf8');
      return { path: Object.keys(LAZY_MODULES).filter((name) => code.includes(name)).join(), namespace: 'lazy-modules' };
    });
    onLoad({ filter: /.*/, namespace: 'lazy-modules' }, ({ path }) =>
      ({ contents: path.split(',').map((name) => LAZY_MODULES[name] ?? '').join('\n'), resolveDir: process.cwd() }));
  },
};

const lazyCommands = {
  name: 'lazy-commands',
  setup: ({ onResolve }) => onResolve({ filter: /^\.\/commands\// }, ({ kind, path }) =>
    kind === 'require-call' ? { path: `${path}.js`, external: true } : undefined),
};

const { outputFiles } = await build({
  ...SMALL,
  entryPoints: [`${SOURCE}/main.ts`, ...readdirSync(`${SOURCE}/commands`).filter((name) => name.endsWith('.ts')).map((name) => `${SOURCE}/commands/${name}`)],
  outbase: SOURCE,
  outdir: 'lib/cli',
  write: false,
  bundle: true,
  splitting: true,
  platform: 'neutral',
  format: 'esm',
  // The command defines no application, which alone needs cdk8s-plus.
  external: ['node:*', 'cdk8s-plus-28'],
  define: { PACKAGE_VERSION: JSON.stringify(JSON.parse(readFileSync('package.json', 'utf8')).version) },
  plugins: [lazyModules, lazyCommands],
});

const parts = await Promise.all(outputFiles.map(async ({ path, text }) => {
  const { code } = await transform(text.replace(/^#!.*/, ''), { ...SMALL, format: 'cjs' });
  return `${JSON.stringify(relative('lib/cli', path))}(exports, require, module) {\n${code}}`;
}));

/** Names in parts are relative to the file, or, between the shared ones, to their folder: all that counts is the last of them. */
const main = `#!/usr/bin/env node
'use strict';
const parts = {
${parts.join(',\n')}
};
const loaded = new Map();
function load(name) {
  if (name.startsWith('node:')) return require(name);
  const part = name.replace(/^(?:\\.\\.?\\/)+/, '');
  if (!loaded.has(part)) {
    const module = { exports: {} };
    loaded.set(part, module);
    parts[part](module.exports, load, module);
  }
  return loaded.get(part).exports;
}
load('main.js');
`;
// `npm test` needs nothing else that is compiled.
mkdirSync('lib/cli', { recursive: true });
writeFileSync('lib/cli/main.js', main);
