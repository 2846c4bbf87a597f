import { requiredNamespace } from './kubeconfig-source';
import { userError, show } from '../../base/user-error';
import type { Kubeconfig } from '../../kubeconfig/kubeconfig';
import { dns1123Subdomain, checkNamespace } from '../../kubernetes/names';
import { ExitCode } from '../base/failure';
import { asAdministrator } from '../cluster/cluster-clients';
import { objectPath } from '../cluster/paths';
import type { Context } from '../command-line/command';
import { revokeUnused } from '../credentials/credential-cleanup';
import { kubeconfigBuilder } from '../credentials/credential-kubeconfig';
import { parseTokenLifetime } from '../credentials/credential-options';
import { CredentialStore, ServiceAccountRef } from '../credentials/credential-store';
import { Destination, EMPTY_STATE } from '../credentials/destination';
import { provisionCredential } from '../credentials/provision-credential';
import { StepLog } from '../io/step-log';

/**
 * Requests a token for an existing ServiceAccount, bound to a Secret, and emits a kubeconfig with the token.
 *
 * @param emit Writes the kubeconfig as the options say.
 */
export async function requestKubeconfig(context: Context, emit: (credential: Kubeconfig) => void): Promise<ExitCode> {
  const { args, files, clock, signal, stderr } = context;
  const account = serviceAccountOf(context);
  const lifetime = parseTokenLifetime(args);
  const file = args.one('file');
  if (file !== undefined && !args.has('force')) files.checkNew(file);
  const steps = new StepLog(stderr);
  return asAdministrator(context, async ({ cluster, reference }) => steps.within(async () => {
    const { namespace, name } = account;
    const user = args.one('user') ?? name;
    const kubeconfig = kubeconfigBuilder({ reference, server: args.one('server'), namespace, user, allowProtectedNamespace: true });
    await cluster.get(objectPath({ group: '', version: 'v1', resource: 'serviceaccounts', ...account }));
    if (args.has('dry-run')) {
      steps.note('Nothing was changed (--dry-run).');
      return ExitCode.DONE;
    }
    const store = new CredentialStore(cluster, clock, account);
    const request = { account, lifetime, destination: emittedKubeconfig(emit), kubeconfig };
    const { record } = await provisionCredential({ cluster, store, clock, signal }, request, steps);
    await revokeUnused(store, record, steps, clock.now());
    return ExitCode.DONE;
  }));
}

function emittedKubeconfig(emit: (credential: Kubeconfig) => void): Destination {
  return {
    description: 'the kubeconfig',
    identity: async () => 'kubeconfig',
    check: async () => EMPTY_STATE,
    store: async (credential) => emit(credential),
  };
}

function serviceAccountOf(context: Context): ServiceAccountRef {
  const { args } = context;
  const namespace = requiredNamespace(context);
  checkNamespace('--namespace', namespace, args.has('allow-protected-namespace'));
  const name = args.one('service-account') ?? '';
  const expected = dns1123Subdomain(name);
  if (expected) throw userError({ at: '--service-account', given: show(name), expected, fix: 'use the name of an existing ServiceAccount, such as default' });
  return { namespace, name };
}
