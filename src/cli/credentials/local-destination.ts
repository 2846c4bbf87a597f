import { basename } from 'node:path';
import { CREDENTIAL_FORMATS, CredentialFormat, formatCredential, parseCredential } from './credential-kubeconfig';
import type { ServiceAccountRef } from './credential-store';
import { Destination, StoredCredential, EMPTY_STATE } from './destination';
import { userError } from '../../base/user-error';
import { isCi } from '../../gitlab/ci-variables';
import type { Kubeconfig } from '../../kubeconfig/kubeconfig';
import { tokenClaims } from '../../kubernetes/token-claims';
import type { Context } from '../command-line/command';
import type { Options } from '../command-line/options';
import type { Files } from '../io/files';
import type { SafeOutput } from '../io/safe-output';

/** The options that store a credential on this machine. */
export const LOCAL_OPTIONS: Options = [
  ['file', { takes: 'FILE', group: 'File', excludes: ['output=-'], summary: 'write the credential to a new file that only you can read' }],
  ['format', { takes: 'yaml|json|base64', group: 'File', needs: ['file', 'output=-'], summary: 'the format of the credential in --file or --output - (default: yaml)' }],
  ['force', { group: 'File', needs: ['file'], summary: 'replace the file of --file if it exists' }],
];

/** The variables of a job, whose log must have no secret. */
export const LOG_VARIABLES: readonly [string, string] = ['CI, GITLAB_CI', 'in CI, --output - is refused, because a secret would be in the log'];

/**
 * How to treat a file that exists.
 */
export interface LocalOptions {
  /** Whether to replace the file. */
  readonly replace?: boolean;
  /** The ServiceAccount whose credential the file may hold. Such a file stays unchanged. */
  readonly account?: ServiceAccountRef;
}

/**
 * Reads the destination on this machine from the options. Returns nothing when they choose none.
 *
 * @throws A `UserError` when the file exists, or when standard output is the log of a CI job.
 */
export async function localDestination(context: Context, { replace = false, account }: LocalOptions = {}): Promise<Destination | undefined> {
  const { args, files, stdout } = context;
  checkLocalOptions(context);
  const format = args.choice('format', CREDENTIAL_FORMATS);
  const file = args.one('file');
  const force = replace || args.has('force');
  if (file !== undefined) {
    const credential = force || !account ? undefined : await credentialInFile(files, file, account);
    if (!force && !credential) files.checkNew(file);
    return fileDestination({ files, file, format, force, credential });
  }
  return args.one('output') === '-' ? outputDestination(stdout, format) : undefined;
}

/**
 * Checks the options of a local destination.
 *
 * @param hasSecret Whether the credential holds a token. The log of a CI job must not.
 * @throws A `UserError` for a secret on the standard output of a CI job.
 */
export function checkLocalOptions({ args, variables }: Pick<Context, 'args' | 'variables'>, { hasSecret = true } = {}): void {
  const [file, toStdout] = [args.one('file'), args.one('output') === '-'];
  if (file === '-') throw userError({ at: '--file', given: 'it is "-"', expected: 'a file name', fix: 'use --output - for standard output' });
  if (toStdout && hasSecret && isCi(variables)) {
    throw userError({ at: '--output', given: 'it is "-" in a CI job', expected: 'no secret in the log', fix: 'use --file ci.kubeconfig' });
  }
}

/**
 * A file for a credential.
 */
export interface CredentialFile {
  readonly files: Files;
  readonly file: string;
  readonly format: CredentialFormat;
  readonly force: boolean;
  readonly credential?: StoredCredential;
}

function fileDestination({ files, file, format, force, credential }: CredentialFile): Destination {
  return {
    description: `file ${file}, readable only by you`,
    // The fingerprint distinguishes files of the same name in different folders.
    identity: async () => `file ${basename(file)} ${files.fingerprint(file)}`,
    check: async () => ({ ...EMPTY_STATE, hasCredential: credential !== undefined, credential }),
    store: async (kubeconfig, report) => report(writeCredential({ files, file, format, force }, kubeconfig)),
  };
}

/**
 * Writes a credential to a file.
 *
 * @returns A description of the step, for people.
 */
export function writeCredential({ files, file, format, force }: Omit<CredentialFile, 'credential'>, kubeconfig: Kubeconfig): string {
  files.write(file, formatCredential(kubeconfig, format), { secret: true, force });
  return `${file}: written as ${format}, readable only by you`;
}

/** The credential of the ServiceAccount in a file. Missing when the file holds anything else. */
async function credentialInFile(files: Files, file: string, { namespace, name }: ServiceAccountRef): Promise<StoredCredential | undefined> {
  if (!files.exists(file)) return undefined;
  const claims = tokenClaims(parseCredential((await files.read(file)).toString('utf8'))?.token ?? '');
  if (claims?.secret === undefined || claims.namespace !== namespace || claims.serviceAccount !== name) return undefined;
  return { secret: claims.secret, expires: claims.expires && claims.expires * 1000 };
}

function outputDestination(stdout: SafeOutput, format: CredentialFormat): Destination {
  return {
    description: 'standard output',
    identity: async () => 'standard output',
    check: async () => EMPTY_STATE,
    store: async (kubeconfig, report) => {
      stdout.raw(formatCredential(kubeconfig, format));
      report(`written to standard output as ${format}`);
    },
  };
}
