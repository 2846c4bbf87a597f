import { build } from 'esbuild';

/*
 * The command as one file, made to start fast. `npm run bench` shows what it costs.
 *
 * Code in nested functions is parsed twice before it runs, so everything is one scope. That takes ECMAScript modules that nobody `require`s: yaml's are
 * what its `exports` name for a platform other than Node (they differ from the others in how `!!binary` is decoded, and read no LOG_* variables).
 * Node also reads the file faster as long as it is ASCII. esbuild escapes other characters in strings, but not in regular expressions.
 */
const eagerYaml = {
  name: 'eager-yaml',
  setup: ({ onResolve, resolve }) => onResolve({ filter: /\/lazy-yaml$/ }, ({ kind }) =>
    resolve('./src/cli/eager-yaml', { resolveDir: process.cwd(), kind })),
};

await build({
  entryPoints: ['src/cli/main.ts'],
  outfile: 'lib/cli/main.js',
  bundle: true,
  platform: 'neutral',
  format: 'cjs',
  external: ['node:*'],
  target: 'node20',
  minifySyntax: true,
  minifyWhitespace: true,
  allowOverwrite: true,
  logLevel: 'warning',
  plugins: [eagerYaml],
});
