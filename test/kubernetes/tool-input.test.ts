import { JsonObject } from '../../src/base/json';
import { encryptedFile, toolInput } from '../../src/kubernetes/tool-input';

const CIPHER = 'ENC[AES256_GCM,data:CwE4O1s=,iv:2k=,tag:o=,type:str]';
const secret = (more: JsonObject): JsonObject => ({ apiVersion: 'v1', kind: 'Secret', metadata: { name: 'db' }, ...more });

test.each<[string, JsonObject, string]>([
  ['a Secret whose values SOPS has encrypted', secret({ stringData: { password: CIPHER } }), 'stringData.password is encrypted by SOPS'],
  ['a Secret whose encrypted value was encoded', secret({ data: { password: Buffer.from(CIPHER).toString('base64') } }), 'data.password is encrypted by SOPS'],
  ['a file that SOPS has encrypted as a whole', { apiVersion: CIPHER, kind: CIPHER, metadata: { name: CIPHER }, sops: { mac: CIPHER } }, 'apiVersion is encrypted by SOPS'],
  ['a binary file in the form of SOPS', { data: CIPHER, sops: { version: '3.8.1' } }, 'data is encrypted by SOPS'],
  ['an item of a List', { apiVersion: 'v1', kind: 'List', items: [secret({}), secret({ data: { 'a.b': CIPHER } })] }, 'items[1].data.a.b is encrypted by SOPS'],
  ['a list in a custom resource', { apiVersion: 'example.com/v1', kind: 'Database', spec: { users: [{ password: CIPHER }] } }, 'spec.users[0].password is encrypted by SOPS'],
  ['an environment variable', { apiVersion: 'v1', kind: 'Pod', spec: { containers: [{ env: [{ value: CIPHER }] }] } }, 'spec.containers[0].env[0].value is encrypted by SOPS'],
  ['the metadata of SOPS alone', secret({ sops: { mac: CIPHER } }), 'sops.mac is encrypted by SOPS'],
  ['a value of eyaml', secret({ stringData: { a: 'ENC[PKCS7,MIIBeQ==]' } }), 'stringData.a is encrypted by eyaml'],
  ['a value of Ansible Vault', secret({ stringData: { a: '$ANSIBLE_VAULT;1.1;AES256\n6438\n' } }), 'stringData.a is encrypted by Ansible Vault'],
])('toolInput recognizes %s, and shows no value', (_, value, given) => {
  const problem = toolInput(value);
  expect(problem).toMatchObject({ given, fix: expect.stringMatching(/^decrypt it first: \S/) });
  expect(JSON.stringify(problem)).not.toContain('ENC[');
});

test.each<[string, JsonObject]>([
  ['a SopsSecret, which an operator decrypts', { apiVersion: 'isindir.github.com/v1alpha3', kind: 'SopsSecret', spec: { secretTemplates: [{ stringData: { a: CIPHER } }] }, sops: { mac: CIPHER } }],
  ['a SopsSecret in a List', { apiVersion: 'v1', kind: 'List', items: [{ apiVersion: 'craftypath.github.io/v1alpha1', kind: 'SopsSecret', spec: { stringData: { a: CIPHER } } }] }],
  ['an encrypted file that the application decrypts', { apiVersion: 'v1', kind: 'ConfigMap', data: { 'app.enc.yaml': `password: ${CIPHER}\nsops: {}\n` } }],
  ['a reference of an application', secret({ stringData: { key: 'ENC[api_key]' } })],
  ['a text about SOPS', { apiVersion: 'v1', kind: 'ConfigMap', data: { help: `A value looks like ${CIPHER}.` } }],
  ['an object of Flux', { apiVersion: 'kustomize.toolkit.fluxcd.io/v1', kind: 'Kustomization', spec: { path: './app' } }],
  ['a field called sops', { apiVersion: 'example.com/v1', kind: 'Store', metadata: { name: 'a' }, sops: { enabled: true } }],
])('toolInput accepts %s', (_, value) => {
  expect(toolInput(value)).toBeUndefined();
});

test.each<[string, JsonObject, string]>([
  ['of kustomize', { apiVersion: 'kustomize.config.k8s.io/v1beta1', kind: 'Kustomization' }, 'kustomize build'],
  ['of kustomize, with parts of it', { apiVersion: 'kustomize.config.k8s.io/v1alpha1', kind: 'Component' }, 'kustomize build'],
  ['of kustomize, without a kind', { resources: ['a.yaml'] }, 'kustomize build'],
  ['of a Helm chart', { apiVersion: 'v2', name: 'web', version: '1.0.0' }, 'helm template'],
  ['of Docker Compose', { services: { web: { image: 'web:1' } } }, 'kompose'],
])('toolInput names the program for a file %s', (_, value, program) => {
  expect(toolInput(value)?.fix).toContain(program);
});

test('toolInput reads nothing of a construct, which may contain itself', () => {
  class Construct { public readonly self = this; public readonly password = CIPHER; }
  expect(toolInput(secret({ stringData: new Construct() as never }))).toBeUndefined();
});

test.each([
  ['$ANSIBLE_VAULT;1.1;AES256\n62313365\n', 'Ansible Vault'],
  ['-----BEGIN PGP MESSAGE-----\n\nhQEMA\n', 'PGP'],
  ['-----BEGIN AGE ENCRYPTED FILE-----\nYWdl\n', 'age'],
  ['age-encryption.org/v1\n-> X25519 a\n', 'age'],
])('encryptedFile recognizes %j', (text, program) => {
  expect(encryptedFile(text)).toMatchObject({ given: `the file is encrypted by ${program}` });
});
