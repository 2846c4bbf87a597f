import type { GivenToken } from './revocation';
import { decodeText } from '../../base/text-file';
import { userError, show } from '../../base/user-error';
import { tokenClaims } from '../../kubernetes/token-claims';
import type { Context } from '../command-line/command';
import type { Account } from '../credentials/account';

/**
 * The token of --token-file, if there is one.
 *
 * @throws A refusal when it is not one of the account.
 */
export async function givenToken({ args, files }: Context, account: Account): Promise<GivenToken | undefined> {
  const file = args.one('token-file');
  if (file === undefined) return undefined;
  const at = file === '-' ? 'standard input' : file;
  const token = decodeText(await files.read(file), at).trim();
  const claims = tokenClaims(token);
  if (claims?.namespace === account.namespace && claims.serviceAccount === account.name) return { token, secret: claims.secret };
  throw userError({
    at,
    given: 'it is no token of that account',
    expected: `a token of ServiceAccount ${show(`${account.namespace}/${account.name}`)}`,
    fix: 'give the manifests that belong to it',
  });
}
