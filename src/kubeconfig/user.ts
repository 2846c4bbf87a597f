import { ExecParts, execParts } from './exec';
import { Section, textField } from './file';
import { userError } from '../base/user-error';

/**
 * How the user of an administrator's own kubeconfig is known to the server. Of a value and a file with it, the value counts,
 * but for tokens: there the file does, as for kubectl.
 */
export interface UserParts {
  readonly token?: string;
  readonly tokenFile?: string;
  /** Base64 of PEM. */
  readonly certificateData?: string;
  readonly certificateFile?: string;
  readonly keyData?: string;
  readonly keyFile?: string;
  readonly exec?: ExecParts;
}

const CURRENT = 'use a user with a token, a client certificate or an exec plugin';
const NO_PASSWORDS = { expected: 'a credential that Kubernetes knows: it dropped passwords in 1.19', fix: CURRENT };
const ITSELF = { expected: 'the identity itself', fix: 'use the credential of the user that is meant' };
const REFUSED = new Map([
  ['auth-provider', { expected: 'an exec plugin, which replaced auth providers in Kubernetes 1.26', fix: CURRENT }],
  ['username', NO_PASSWORDS],
  ['password', NO_PASSWORDS],
  ['as', ITSELF],
  ['as-uid', ITSELF],
  ['as-groups', ITSELF],
  ['as-user-extra', ITSELF],
]);

/**
 * Reads a user. What cannot be used, or would be used silently for something else, is refused.
 */
export function userParts(user: Section): UserParts {
  for (const [key, { expected, fix }] of REFUSED) {
    const value = user.fields.get(key);
    if (value !== undefined && value !== null && value !== '') throw userError({ at: user.at, given: `it has ${key}`, expected, fix });
  }
  if (textField(user, 'token') === '' && !textField(user, 'tokenFile')) {
    throw userError({ at: user.at, given: 'its token is empty', expected: 'a token', fix: 'log in to the cluster again' });
  }
  const parts = {
    token: filled(user, 'token'),
    tokenFile: filled(user, 'tokenFile'),
    certificateData: filled(user, 'client-certificate-data'),
    certificateFile: filled(user, 'client-certificate'),
    keyData: filled(user, 'client-key-data'),
    keyFile: filled(user, 'client-key'),
    exec: execParts(user),
  };
  checkComplete(user, parts);
  return parts;
}

function checkComplete(user: Section, { token, tokenFile, certificateData, certificateFile, keyData, keyFile, exec }: UserParts): void {
  const hasCertificate = (certificateData ?? certificateFile) !== undefined;
  if (hasCertificate !== ((keyData ?? keyFile) !== undefined)) {
    const given = hasCertificate ? 'it has a client certificate without its key' : 'it has a client key without its certificate';
    throw userError({ at: user.at, given, expected: 'both', fix: 'give the other one' });
  }
  if (hasCertificate || (token ?? tokenFile ?? exec) !== undefined) return;
  throw userError({ at: user.at, given: 'it has no credential', expected: 'a token, a client certificate or an exec plugin', fix: 'log in to the cluster' });
}

function filled(user: Section, key: string): string | undefined {
  return textField(user, key) || undefined;
}
