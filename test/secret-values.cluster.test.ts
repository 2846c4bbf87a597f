import { configMap } from './cluster/application';
import { Deployer, makeDeployer } from './cluster/deployer';
import { deployAs } from './cluster/deploying';
import { cluster, onKwok } from './cluster/on-kwok';
import { fileText } from './support/cli';

onKwok();

let deployer: Deployer;

beforeAll(() => {
  deployer = makeDeployer(cluster, 'secret-values');
});

const secret = (fields: object) => ({ apiVersion: 'v1', kind: 'Secret', metadata: { name: 'web' }, ...fields });
const long = `"first" line\n${'hunter22'.repeat(30)}`;

/** Values that a Secret cannot have. What the API server says to each quotes the value, or could. */
test.each<[string, object]>([
  ['a number', { stringData: { pin: 22334455 } }],
  ['a number in data', { data: { pin: 22334455 } }],
  ['a fraction', { stringData: { pin: 22334455.5 } }],
  ['true', { stringData: { pin: true } }],
  ['a list', { stringData: { pin: ['hunter22', 22334455] } }],
  ['a map', { stringData: { pin: { a: 'hunter22\n}' } } }],
  ['a text in place of a map', { stringData: 'hunter22' }],
  ['data that is no base64', { data: { pin: 'hunter22!' } }],
  ['a key that is not valid', { stringData: { 'hunter22 x': 'a' } }],
  ['a type of another value', { type: 'kubernetes.io/dockerconfigjson', stringData: { '.dockerconfigjson': 'hunter22' } }],
  ['a type that is a number', { type: 22334455, stringData: {} }],
  ['an unknown field', { stringData: {}, pin: 'hunter22' }],
])('the refusal of a Secret shows no value: %s', async (_, fields) => {
  const { code, stdout, stderr } = await deployAs(deployer, {}, [secret(fields)], '--junit', 'deploy.xml', '--output', 'json', '--dry-run', '--diff');
  const text = [stdout, stderr, fileText('deploy.xml')].join('\n');
  expect(code).not.toBe(0);
  expect(text).not.toMatch(/hunter22(?! x)|22334455|2\.2334455|aHVudGVyMj/);
});

test('a value that another object repeats is masked in all outputs, before it is cut', async () => {
  const repeated = configMap('web', { quoted: JSON.stringify({ long }), plain: long, base64: Buffer.from(long).toString('base64'), after: `${'.'.repeat(150)}${long}` });
  for (const format of [['--output', 'json'], []]) {
    const { code, stdout, stderr } = await deployAs(deployer, {}, [secret({ stringData: { long } }), repeated], '--junit', 'deploy.xml', '--dry-run', '--diff', ...format);
    const text = [stdout, stderr, fileText('deploy.xml')].join('\n');
    expect(code).toBe(0);
    expect(text).toContain('[MASKED]');
    expect(text).not.toMatch(/hunter|first|aHVudGVy|Zmlyc3/);
  }
});
