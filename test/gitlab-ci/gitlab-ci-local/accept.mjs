// node accept.mjs FOLDER SCHEMA FILE...: prints as JSON why the schema, or gitlab-ci-local in FOLDER/node_modules, rejects each file; null if both accept it.
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

const [folder, schema, ...files] = process.argv.slice(2);
const requireFrom = createRequire(join(folder, 'package.json'));
const moduleOf = (name) => import(pathToFileURL(join(folder, 'node_modules', 'gitlab-ci-local', 'src', `${name}.js`)).href);
const [{ Argv }, { Parser }, { WriteStreamsMock }] = await Promise.all(['argv', 'parser', 'write-streams'].map(moduleOf));
const Ajv = requireFrom('ajv').default;
const { load } = requireFrom('js-yaml');

// The options of gitlab-ci-local. It compiles the schema for each file, and this program only once.
const ajv = () => new Ajv({ allErrors: true, allowUnionTypes: true, validateFormats: false, strictTypes: false, keywords: ['markdownDescription'] });
const valid = ajv().compile(JSON.parse(readFileSync(schema, 'utf8')));

async function rejection(file) {
  try {
    if (!valid(load(readFileSync(file, 'utf8')))) return valid.errors.map(({ instancePath, message }) => `${instancePath} ${message}`).join('\n');
    const streams = new WriteStreamsMock();
    const argv = await Argv.build({ file, jsonSchemaValidation: false, home: '/nonexistent', childPipelineDepth: 1 }, streams);
    await Parser.create(argv, streams, 0, []);
    return null;
  } catch (error) {
    return `${error.message}`;
  }
}

const rejections = [];
for (const file of files) rejections.push(await rejection(file));
console.log(JSON.stringify(rejections));
