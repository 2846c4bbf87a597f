import { authenticationConfiguration, IssuerOptions } from './authentication-configuration';
import { apiServerFlags, eksIdentityProvider, OtherSettings } from './other-settings';
import type { OidcTrust } from '../access';

/** In the container of a job, as the kubeconfig and the script both say it. */
const TOKEN_FILE = '/tmp/id-token';

/**
 * What is left to do for a deployer that has no credential of its own: tell the API server whom to trust, and the job to ask for a token.
 * Nothing in it is secret.
 */
export function oidcInstructions(trust: OidcTrust, options: IssuerOptions = {}): string {
  return [
    `The API server must be told to accept the id_tokens of project ${trust.projectId} of ${trust.issuer}. With this file it checks everything:`,
    '',
    authenticationConfiguration(trust, options),
    'Where it takes flags instead:',
    '',
    ...without(apiServerFlags(trust, options.certificateAuthority === undefined ? undefined : 'FILE')),
    'On EKS, by `aws eks associate-identity-provider-config --cluster-name NAME --oidc file://FILE`, with this file:',
    '',
    ...without(eksIdentityProvider(trust)),
    `On AKS (preview), by \`az aks jwtauthenticator add --config-file FILE\`, with the entry of the list jwt above as JSON. ${aksPrefix(trust)}`,
    'On GKE: the API server takes no tokens of another issuer from a job. Use DeployerIdentity.gitlabAgent() or .serviceAccount().',
    '',
    `The job's kubeconfig: cdk8s-ci-deploy kubeconfig … --id-token-file ${TOKEN_FILE}. There is no secret in it, so it may lie in the repository.`,
    'The job asks for the token and writes it there. It is valid for as long as the job\'s own `timeout`, and without one for 5 minutes:',
    '',
    ...indented(job(trust)),
    '',
  ].join('\n');
}

function without({ settings, missing }: OtherSettings): string[] {
  return [...indented(settings), '', 'What is missing then:', ...missing.map((sentence) => `- ${sentence}`), ''];
}

function indented(lines: readonly string[]): string[] {
  return lines.map((line) => `    ${line}`);
}

function aksPrefix({ usernamePrefix }: OidcTrust): string {
  const required = 'aks:jwt:';
  return usernamePrefix.startsWith(required)
    ? `Names begin with "${required}" there, as these do.`
    : `Names begin with "${required}" there: set usernamePrefix to ${JSON.stringify(`${required}${usernamePrefix}`)} and grant again.`;
}

function job({ audience, environment }: OidcTrust): string[] {
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
