// node accept.mjs FOLDER SCHEMA FILE...: why gitlab-ci-local in FOLDER/node_modules, or the schema, refuses each file in the working folder, as JSON. Or null.
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

const [folder, schema, ...files] = process.argv.slice(2);
const requireThere = createRequire(join(folder, 'package.json'));
const its = (name) => import(pathToFileURL(join(folder, 'node_modules', 'gitlab-ci-local', 'src', `${name}.js`)).href);
const [{ Argv }, { Parser }, { WriteStreamsMock }] = await Promise.all(['argv', 'parser', 'write-streams'].map(its));
const Ajv = requireThere('ajv').default;
const { load } = requireThere('js-yaml');

// As gitlab-ci-local asks for it, which compiles the schema for each file.
const ajv = () => new Ajv({ allErrors: true, allowUnionTypes: true, validateFormats: false, strictTypes: false, keywords: ['markdownDescription'] });
const valid = ajv().compile(JSON.parse(readFileSync(schema, 'utf8')));

async function refusal(file) {
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

const refusals = [];
for (const file of files) refusals.push(await refusal(file));
console.log(JSON.stringify(refusals));
