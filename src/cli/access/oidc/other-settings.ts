import { oidcEnvironmentGroup, oidcUser } from '../../../access/oidc-names';
import type { OidcTrust } from '../access';

/**
 * Another way than the configuration file to make an API server accept a project's id_tokens.
 */
export interface OtherSettings {
  /** What is to be set, a line each. */
  readonly settings: readonly string[];
  /** Rules of the configuration file that this way cannot express, as sentences. */
  readonly missing: readonly string[];
}

/**
 * The flags of kube-apiserver.
 *
 * @param certificateAuthorityFile The certificates that the API server verifies the issuer with, as a file of its machine.
 * @see https://kubernetes.io/docs/reference/access-authn-authz/authentication/#configuring-the-api-server
 */
export function apiServerFlags(trust: OidcTrust, certificateAuthorityFile?: string): OtherSettings {
  const groups = groupsOf(trust);
  return {
    settings: [
      `--oidc-issuer-url=${trust.issuer}`,
      `--oidc-client-id=${trust.audience}`,
      '--oidc-username-claim=project_id',
      `--oidc-username-prefix=${oidcUser(trust.usernamePrefix, '')}`,
      ...groups ? [`--oidc-groups-claim=${groups.claim}`, `--oidc-groups-prefix=${groups.prefix}`] : [],
      ...Object.entries(requiredClaims(trust)).map(([claim, value]) => `--oidc-required-claim=${claim}=${value}`),
      ...certificateAuthorityFile === undefined ? [] : [`--oidc-ca-file=${certificateAuthorityFile}`],
    ],
    missing: [...missingOf(trust), 'the flags are read when the API server starts, and there is one issuer'],
  };
}

/**
 * What `aws eks associate-identity-provider-config --oidc` takes.
 *
 * @see https://docs.aws.amazon.com/eks/latest/APIReference/API_OidcIdentityProviderConfigRequest.html
 */
export function eksIdentityProvider(trust: OidcTrust): OtherSettings {
  const groups = groupsOf(trust);
  const provider = {
    identityProviderConfigName: 'gitlab',
    issuerUrl: trust.issuer,
    clientId: trust.audience,
    usernameClaim: 'project_id',
    usernamePrefix: oidcUser(trust.usernamePrefix, ''),
    ...groups ? { groupsClaim: groups.claim, groupsPrefix: groups.prefix } : {},
    requiredClaims: requiredClaims(trust),
  };
  return {
    settings: JSON.stringify(provider, null, 2).split('\n'),
    missing: [...missingOf(trust), 'a cluster has one provider of this kind, whose address is open to the internet'],
  };
}

function requiredClaims({ projectId, environment }: OidcTrust): Record<string, string> {
  return {
    project_id: String(projectId),
    ref_protected: 'true',
    ref_type: 'branch',
    ...environment === undefined ? {} : { environment, environment_protected: 'true' },
  };
}

/** Only with an environment: the claim is a group then, and of which project it may be is among the required claims alone. */
function groupsOf({ usernamePrefix, projectId, environment }: OidcTrust): { readonly claim: string; readonly prefix: string } | undefined {
  return environment === undefined ? undefined : { claim: 'environment', prefix: oidcEnvironmentGroup(usernamePrefix, projectId, '') };
}

function missingOf({ environment }: OidcTrust): string[] {
  return [
    ...environment === undefined
      ? ['one project is let in, since a required claim has one value; without that of project_id every project is known to the cluster, with the rights of those that are bound']
      : ['one project is let in with one environment, since a required claim has one value; never leave one out, as the prefix of the groups is that of this project'],
    'a token that is for another audience, too, is accepted',
    'names that begin with "system:" are kept out by the prefix alone, and no rule refuses them',
    'the audit log does not say which job it was',
  ];
}
