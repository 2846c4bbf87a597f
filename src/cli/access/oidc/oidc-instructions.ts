import { authenticationConfiguration, IssuerOptions } from './authentication-configuration';
import { oidcEnvironmentGroup, oidcUser } from '../../../access/oidc-names';
import type { OidcTrust } from '../access';

/** The file in the job's container that holds the id_token. The kubeconfig and the job's script both name it. */
const TOKEN_FILE = '/tmp/id-token';

/**
 * Describes how to configure the API server and the job of a deployer that has no stored credential. The text holds no secret.
 */
export function oidcInstructions(trust: OidcTrust, options: IssuerOptions = {}): string {
  return [
    `Configure the API server to accept the id_tokens of project ${trust.projectId} of ${trust.issuer}. This file has all the checks:`,
    '',
    authenticationConfiguration(trust, options),
    'If the API server is configured by flags:',
    '',
    ...reducedSettings(apiServerFlags(trust, options.certificateAuthority === undefined ? undefined : 'FILE')),
    'On EKS, run `aws eks associate-identity-provider-config --cluster-name NAME --oidc file://FILE` with this file:',
    '',
    ...reducedSettings(eksIdentityProvider(trust)),
    `On AKS (preview), run \`az aks jwtauthenticator add --config-file FILE\` with the entry of the list jwt above, as JSON. ${aksPrefix(trust)}`,
    'On GKE, the API server cannot accept the id_tokens of GitLab. Use DeployerIdentity.gitlabAgent() or .serviceAccount().',
    '',
    `Make the kubeconfig of the job by: cdk8s-ci-deploy kubeconfig … --id-token-file ${TOKEN_FILE}`,
    'It holds no secret, so you can commit it to the repository.',
    'The job requests the token and writes it to that file. The token is valid for the `timeout` of the job, or for 5 minutes without one:',
    '',
    ...indented(jobLines(trust)),
    '',
  ].join('\n');
}

function reducedSettings({ settings, missing }: ReducedSettings): string[] {
  return [...indented(settings), '', 'Without that file:', ...missing.map((sentence) => `- ${sentence}`), ''];
}

function indented(lines: readonly string[]): string[] {
  return lines.map((line) => `    ${line}`);
}

function aksPrefix({ usernamePrefix }: OidcTrust): string {
  const required = 'aks:jwt:';
  return usernamePrefix.startsWith(required)
    ? `AKS requires names that begin with "${required}", as these names do.`
    : `AKS requires names that begin with "${required}": set usernamePrefix to ${JSON.stringify(`${required}${usernamePrefix}`)} and grant again.`;
}

function jobLines({ audience, environment }: OidcTrust): string[] {
  return [
    'deploy:',
    ...environment === undefined ? [] : [`  environment: ${JSON.stringify(environment)}`],
    '  timeout: 15 minutes',
    '  id_tokens:',
    '    KUBERNETES_ID_TOKEN:',
    `      aud: ${JSON.stringify(audience)}`,
    '  before_script:',
    `    - (umask 077 && printf %s "$KUBERNETES_ID_TOKEN" > ${TOKEN_FILE})`,
  ];
}

/**
 * Settings that accept a project's id_tokens with fewer checks than the authentication configuration.
 */
export interface ReducedSettings {
  /** The settings, one line each. */
  readonly settings: readonly string[];
  /** The checks of the authentication configuration that these settings lack, one sentence each. */
  readonly missing: readonly string[];
}

/**
 * The flags of kube-apiserver.
 *
 * @param certificateAuthorityFile The file with the issuer's CA certificates, on the API server's machine.
 * @see https://kubernetes.io/docs/reference/access-authn-authz/authentication/#configuring-the-api-server
 */
export function apiServerFlags(trust: OidcTrust, certificateAuthorityFile?: string): ReducedSettings {
  const groups = groupsClaim(trust);
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
    missing: [...missingRules(trust), 'the API server reads the flags when it starts, and supports one issuer'],
  };
}

/**
 * The configuration for `aws eks associate-identity-provider-config --oidc`.
 *
 * @see https://docs.aws.amazon.com/eks/latest/APIReference/API_OidcIdentityProviderConfigRequest.html
 */
export function eksIdentityProvider(trust: OidcTrust): ReducedSettings {
  const groups = groupsClaim(trust);
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
    missing: [...missingRules(trust), 'a cluster supports one provider of this kind, and the provider must be reachable from the internet'],
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

/** The environment claim becomes the group. The required claims restrict it to one project, since the prefix is a constant. */
function groupsClaim({ usernamePrefix, projectId, environment }: OidcTrust): { readonly claim: string; readonly prefix: string } | undefined {
  return environment === undefined ? undefined : { claim: 'environment', prefix: oidcEnvironmentGroup(usernamePrefix, projectId, '') };
}

function missingRules({ environment }: OidcTrust): string[] {
  return [
    ...environment === undefined
      ? [
        'the API server accepts one project, since a required claim has one value',
        'never remove the required claim project_id: every project of this GitLab could then authenticate, and use the rights of bound users',
      ]
      : [
        'the API server accepts one project with one environment, since a required claim has one value',
        'never remove a required claim: the prefix of the groups holds this project, whatever project the job has',
      ],
    'the API server also accepts a token that has another audience, too',
    'no rule rejects names that begin with "system:", only the prefix prevents them',
    'the audit log does not show the job',
  ];
}
