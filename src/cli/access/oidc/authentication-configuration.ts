import { RESERVED_PREFIX } from '../../../access/oidc-names';
import type { OidcTrust } from '../access';

/** The versions of AuthenticationConfiguration in the API group apiserver.config.k8s.io. */
export type ConfigurationVersion = 'v1' | 'v1beta1';

/**
 * The version that a server reads: v1 since Kubernetes 1.34, v1beta1 since 1.30.
 *
 * @param gitVersion Of the server: `v1.33.4`. Without it, the server is taken for a new one.
 * @see https://kubernetes.io/docs/reference/config-api/apiserver-config.v1/
 */
export function configurationVersion(gitVersion: string | undefined): ConfigurationVersion {
  const [, minor] = /^v?1\.(\d+)\./.exec(gitVersion ?? '') ?? [];
  return minor !== undefined && Number(minor) < 34 ? 'v1beta1' : 'v1';
}

const REQUIREMENTS: Readonly<Record<ConfigurationVersion, string>> = {
  v1: 'This version needs Kubernetes 1.34 or newer. Kubernetes 1.30 to 1.33 need apiserver.config.k8s.io/v1beta1.',
  v1beta1: 'This version is for Kubernetes 1.30 to 1.33. Kubernetes 1.34 and newer read apiserver.config.k8s.io/v1.',
};

/**
 * How the API server reaches the issuer, and which version of the configuration it reads.
 */
export interface IssuerOptions {
  /** @default v1 */
  readonly configurationVersion?: ConfigurationVersion;
  /** The CA certificates of the issuer, as PEM. By default the API server uses the CA certificates of its system. */
  readonly certificateAuthority?: string;
}

/**
 * The authentication configuration of an API server that accepts the id_tokens of one GitLab project, as YAML with comments.
 * The API server accepts only tokens for its own audience, from jobs of protected branches.
 *
 * The user name holds `project_id`. A job that deploys to a protected environment also belongs to the group of that environment.
 * So all deployers of a project need the same configuration, with or without an environment.
 *
 * @see https://kubernetes.io/docs/reference/access-authn-authz/authentication/#using-authentication-configuration
 */
export function authenticationConfiguration(trust: OidcTrust, options: IssuerOptions = {}): string {
  const { issuer, audience, projectId, usernamePrefix } = trust;
  const { configurationVersion: version = 'v1' } = options;
  const user = `${cel(`${usernamePrefix}project:`)} + claims.project_id`;
  return `\
# For kube-apiserver --authentication-config=FILE, without any --oidc-* flag. The API server reloads the file when it changes.
# ${REQUIREMENTS[version]}
apiVersion: apiserver.config.k8s.io/${version}
kind: AuthenticationConfiguration
jwt:
# Use one entry for each issuer. If the issuer has an entry, add the id of the project to the list in its first rule.
# To add another GitLab, add an entry with another prefix.
- issuer:
    url: ${yaml(issuer)}
    audiences: [${yaml(audience)}]
${certificates(options)}\
  claimValidationRules:
${rule(`claims.project_id in [${cel(String(projectId))}]`, 'the job is of another project')}\
${rule(`claims.aud == ${cel(audience)} || claims.aud == [${cel(audience)}]`, 'the token is for another audience, too')}\
${rule('claims.ref_protected == "true"', 'the job is of a branch that is not protected')}\
  # To let jobs of protected tags deploy, too: claims.ref_type in ["branch", "tag"]
${rule('claims.ref_type == "branch"', 'the job is not of a branch')}\
  claimMappings:
    username:
      expression: ${yaml(user)}
    groups:
      expression: ${yaml(`has(claims.environment_protected) && claims.environment_protected == "true" ? ${user} + ":environment:" + claims.environment : ""`)}
    # For the audit log.
    extra:
    - key: cdk8s-ci-deploy/job-id
      valueExpression: claims.job_id
  userValidationRules:
${rule(`!user.username.startsWith(${cel(RESERVED_PREFIX)})`, 'the user is one of Kubernetes\' own')}\
${rule(`user.groups.all(group, !group.startsWith(${cel(RESERVED_PREFIX)}))`, 'a group is one of Kubernetes\' own')}`;
}

function rule(expression: string, message: string): string {
  return `  - expression: ${yaml(expression)}\n    message: ${message}\n`;
}

function certificates({ certificateAuthority: pem }: IssuerOptions): string {
  if (pem === undefined) return '';
  const lines = pem.trim().split(/\r?\n/).map((line) => `      ${line}\n`);
  return `    certificateAuthority: |\n${lines.join('')}`;
}

/** A single-quoted YAML scalar. The single quote is the only character to escape. */
function yaml(text: string): string {
  return `'${text.replace(/'/g, '\'\'')}'`;
}

/** A CEL string literal. CEL accepts every escape of JSON. */
function cel(text: string): string {
  return JSON.stringify(text);
}
