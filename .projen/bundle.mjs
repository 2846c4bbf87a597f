import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { relative } from 'node:path';
import { build, transform } from 'esbuild';

/*
 * The command as one file, made to start fast. `npm run bench` shows what it costs.
 *
 * Node reads all code before any of it runs, and most of it is for other commands than the one that is called. So the file holds its code in parts,
 * as strings, which are skipped five times as fast: each command, and what several have in common, once. A part is compiled when it is required.
 *
 * Code in nested functions is parsed twice before it runs, so each part is one scope. That takes ECMAScript modules that nobody `require`s: yaml's are
 * what its `exports` name for a platform other than Node (they differ from the others in how `!!binary` is decoded, and read no LOG_* variables).
 * Node also reads the file faster as long as it is ASCII. esbuild escapes other characters in strings, but not in regular expressions.
 */
const SOURCE = 'src/cli';
const SMALL = { target: 'node20', minifySyntax: true, minifyWhitespace: true, logLevel: 'warning' };

/** What src/base/lazy-modules.ts becomes: code that needs yaml is loaded together with it, other code without it. No command needs cdk8s-plus. */
const LAZY_MODULES = {
  yamlModule: 'export { yamlModule } from "./src/cli/eager-yaml";',
  cryptoModule: 'export const cryptoModule = () => require("node:crypto");',
};

const lazyModules = {
  name: 'lazy-modules',
  setup: ({ onLoad, onResolve }) => {
    onResolve({ filter: /\/lazy-modules$/ }, ({ importer }) => {
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
  entryPoints: [`${SOURCE}/main.ts`, ...readdirSync(`${SOURCE}/commands`).map((name) => `${SOURCE}/commands/${name}`)],
  outbase: SOURCE,
  outdir: 'lib/cli',
  write: false,
  bundle: true,
  splitting: true,
  platform: 'neutral',
  format: 'esm',
  external: ['node:*'],
  define: { PACKAGE_VERSION: JSON.stringify(JSON.parse(readFileSync('package.json', 'utf8')).version) },
  plugins: [lazyModules, lazyCommands],
});

const parts = new Map(await Promise.all(outputFiles.map(async ({ path, text }) => {
  const { code } = await transform(text.replace(/^#!.*/, ''), { ...SMALL, format: 'cjs', banner: '"use strict";' });
  return [relative('lib/cli', path), code];
})));

/** Names in parts are relative to the file, or, between the shared ones, to their folder: all that counts is the last of them. */
const main = `#!/usr/bin/env node
'use strict';
const parts = ${JSON.stringify(Object.fromEntries(parts))};
const loaded = new Map();
function load(name) {
  if (name.startsWith('node:')) return require(name);
  const part = name.replace(/^(?:\\.\\.?\\/)+/, '');
  if (!loaded.has(part)) {
    const module = { exports: {} };
    loaded.set(part, module);
    const { compileFunction } = require('node:vm');
    const run = compileFunction(parts[part], ['exports', 'require', 'module', '__dirname'], { filename: \`\${__filename}#\${part}\` });
    run(module.exports, load, module, __dirname);
  }
  return loaded.get(part).exports;
}
load('main.js');
`;
// `npm test` needs nothing else that is compiled.
mkdirSync('lib/cli', { recursive: true });
writeFileSync('lib/cli/main.js', main);
