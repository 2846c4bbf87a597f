import { contextOf } from './cli/gitlab/context';
import { growth } from './support/growth';
import { gitOrigin, remoteOf } from '../src/cli/gitlab/git-remote';
import { CiImage } from '../src/image/ci-image';
import { entries, readKubeconfigFile } from '../src/kubeconfig/file';
import { certificateData } from '../src/kubernetes/certificates';
import { parseManifest } from '../src/yaml/manifest-parser';

const parsed = (text: string) => parseManifest(text, 'file').map(({ at }) => at());
const OBJECT = 'apiVersion: v1\nkind: ConfigMap\nmetadata: { name: web }\n';
const originOf = async (config: string) => gitOrigin(contextOf([], { files: { '.git/config': config } }));
const list = (size: number, element: (index: number) => string) => Array.from({ length: size }, (_, index) => element(index));

test.each<[string, number, (size: number) => string, (text: string) => unknown]>([
  ['a manifest with many documents', 500, (size) => list(size, () => OBJECT).join('---\n'), parsed],
  ['a manifest with many documents, the last one invalid', 500, (size) => `${list(size, () => OBJECT).join('---\n')}---\nkind: x\n`, parsed],
  ['a manifest with blank lines between a key and its value', 8000, (size) => `${OBJECT}data: { a${'\n'.repeat(size)}: b }\n`, parsed],
  ['a manifest with comments between a key and its value', 4000, (size) => `${OBJECT}data: { a${'\n# c'.repeat(size)}\n: b }\n`, parsed],
  ['a manifest with blank lines', 8000, (size) => `${'\n'.repeat(size)}${OBJECT}`, parsed],
  ['a manifest with blank lines in a block', 8000, (size) => `${OBJECT}data:\n  a: |\n    b\n${'\n'.repeat(size)}    c\n`, parsed],
  ['a manifest with wide dashes', 40, (size) => `${OBJECT}data: "${`-${' '.repeat(size)}`.repeat(999)}"\n`, parsed],
  ['a manifest with a long line', 20_000, (size) => `${OBJECT}data:\n  a: b${' '.repeat(size)}c\n`, parsed],
  ['a manifest with many keys', 1000, (size) => `${OBJECT}data:\n${list(size, (index) => `  k${index}: v\n`).join('')}`, parsed],
  ['certificates without an end', 3000, (size) => Buffer.from('-----BEGIN CERTIFICATE-----\n'.repeat(size)).toString('base64'), (text) => certificateData('ca', text)],
  ['certificates with one end', 3000, (size) => Buffer.from(`${'-----BEGIN CERTIFICATE-----\n'.repeat(size)}-----END CERTIFICATE-----\n`).toString('base64'),
    (text) => certificateData('ca', text)],
  ['a kubeconfig with many contexts', 1000, (size) => JSON.stringify({ contexts: list(size, (index) => `c${index}`).map((name) => ({ name })) }),
    (text) => entries(readKubeconfigFile(text), 'contexts', 'context')],
  ['the path of a git remote with slashes', 10_000, (size) => `git@gitlab.example.com:a${'/'.repeat(size)}b`, remoteOf],
  ['the URL of a git remote with slashes', 10_000, (size) => `https://gitlab.example.com/a${'/'.repeat(size)}b`, remoteOf],
  ['a git configuration with spaces before the address', 500, (size) => `[remote "origin"]\n\turl =${' '.repeat(size)}a"b\n`, originOf],
  ['a git configuration with spaces after the address', 500, (size) => `[remote "origin"]\n\turl = a${' '.repeat(size)}b"c\n`, originOf],
  ['an allowed registry with slashes', 10_000, (size) => `registry.example.com${'/'.repeat(size)}b`,
    (text) => CiImage.of('registry.example.com/web:1', { allowedRegistries: [text] })],
])('the time for %s grows with its size, not with the square', async (_, size, textOf, run) => {
  expect(await growth(size, textOf, run)).toBeLessThan(24);
});
