import { pathsOfTexts } from './text-fields';
import type { Problem } from '../base/user-error';

/**
 * Why a document is no Kubernetes object yet: another program must decrypt, build or render it first.
 */
export type ToolInput = Omit<Problem, 'at'>;

/**
 * Recognizes documents that only another program reads: encrypted ones, and the files of kustomize, Helm and Docker Compose.
 * A `SopsSecret` is not one of them, because its operator decrypts it in the cluster.
 *
 * @param value The value of a document, or the props of an API object.
 */
export function toolInput(value: unknown): ToolInput | undefined {
  return encryptedIn(value, '') ?? PROJECT_FILES.find(({ is }) => isFields(value) && is(value))?.problem;
}

/**
 * Recognizes files that are encrypted as a whole.
 */
export function encryptedFile(text: string): ToolInput | undefined {
  const [, program, command] = ENCRYPTED_FILES.find(([beginning]) => beginning.test(text)) ?? [];
  return program && command ? encrypted('the file', program, command) : undefined;
}

/** The beginning, the program and its command. */
type Encryption = readonly [RegExp, string, string];

const ANSIBLE_VAULT: Encryption = [/^\$ANSIBLE_VAULT;/, 'Ansible Vault', 'ansible-vault view FILE'];

/** The second one is base64. A value `ENC[name]` without an algorithm is a reference that the application itself resolves. */
const ENCRYPTED_VALUES: readonly Encryption[] = [
  [/^(?:ENC\[AES256_GCM,|RU5DW0FFUzI1Nl9HQ00s)/, 'SOPS', 'sops --decrypt FILE'],
  [/^ENC\[(?:PKCS7|GPG),/, 'eyaml', 'eyaml decrypt --eyaml FILE'],
  ANSIBLE_VAULT,
];

const ENCRYPTED_FILES: readonly Encryption[] = [
  ANSIBLE_VAULT,
  [/^-----BEGIN PGP MESSAGE-----/, 'PGP', 'gpg --decrypt FILE'],
  [/^(?:-----BEGIN AGE ENCRYPTED FILE-----|age-encryption\.org\/)/, 'age', 'age --decrypt FILE'],
];

function encryptedIn(value: unknown, place: string): ToolInput | undefined {
  if (isFields(value) && value.kind === 'SopsSecret') return undefined;
  if (isFields(value) && Array.isArray(value.items)) {
    return value.items.map((item, index) => encryptedIn(item, `${place}items[${index}].`)).find((found) => found !== undefined);
  }
  for (const [beginning, program, command] of ENCRYPTED_VALUES) {
    const [field] = pathsOfTexts(value, (text) => beginning.test(text));
    if (field !== undefined) return encrypted(`${place}${field}`, program, command);
  }
  return undefined;
}

function encrypted(what: string, program: string, command: string): ToolInput {
  return { given: `${what} is encrypted by ${program}`, expected: 'decrypted values, since the cluster would store the encrypted ones', fix: `decrypt it first: ${command}` };
}

interface Fields {
  readonly [field: string]: unknown;
}

function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

interface ProjectFile {
  readonly is: (fields: Fields) => boolean;
  readonly problem: ToolInput;
}

const OBJECTS = 'Kubernetes objects';

/** The input of kustomize. */
export const KUSTOMIZATION: ToolInput = {
  given: 'it is an input of kustomize', expected: OBJECTS, fix: 'build it and pipe the objects in: kustomize build FOLDER | cdk8s-ci-deploy deploy -',
};

const PROJECT_FILES: readonly ProjectFile[] = [
  {
    is: ({ apiVersion, kind, resources, bases }) => String(apiVersion).startsWith('kustomize.config.k8s.io/')
      || (apiVersion === undefined && kind === undefined && (Array.isArray(resources) || Array.isArray(bases))),
    problem: KUSTOMIZATION,
  },
  {
    is: ({ apiVersion, kind, name, version }) => kind === undefined && (apiVersion === 'v1' || apiVersion === 'v2') && typeof name === 'string' && typeof version === 'string',
    problem: { given: 'it is the Chart.yaml of a Helm chart', expected: OBJECTS, fix: 'render the chart and pipe the objects in: helm template NAME FOLDER | cdk8s-ci-deploy deploy -' },
  },
  {
    is: ({ apiVersion, services }) => apiVersion === undefined && isFields(services),
    problem: { given: 'it is a file of Docker Compose', expected: OBJECTS, fix: 'convert it first: kompose convert' },
  },
];
