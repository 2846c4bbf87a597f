import { RESERVED_PREFIX } from '../../../access/oidc-names';
import type { OidcTrust } from '../access';

/**
 * What else there is to say of an issuer.
 */
export interface IssuerOptions {
  /** PEM certificates that the API server verifies the issuer with; by default those that its system trusts. */
  readonly certificateAuthority?: string;
}

/**
 * The file that makes an API server accept the id_tokens of one GitLab project, as YAML with comments.
 * Of these it accepts only those for its own audience, of protected branches.
 *
 * The user is named after `project_id`; a job that deploys to a protected environment is in a group of that environment, too.
 * So deployers of the same project, with an environment or without, need the same configuration.
 *
 * @see https://kubernetes.io/docs/reference/access-authn-authz/authentication/#using-authentication-configuration
 */
export function authenticationConfiguration(trust: OidcTrust, options: IssuerOptions = {}): string {
  const { issuer, audience, projectId, usernamePrefix } = trust;
  const user = `${cel(`${usernamePrefix}project:`)} + claims.project_id`;
  return `\
# For kube-apiserver --authentication-config=FILE, which cannot be combined with --oidc-* flags. It is read again when it changes.
# Kubernetes 1.34 and newer; for 1.30 to 1.33 the version is apiserver.config.k8s.io/v1beta1.
apiVersion: apiserver.config.k8s.io/v1
kind: AuthenticationConfiguration
jwt:
# An issuer has one entry. Where there is one for it already, add to that:
# another project by its id in the list of the first rule, another GitLab as an entry of its own with another prefix.
- issuer:
    url: ${yaml(issuer)}
    audiences: [${yaml(audience)}]
${certificates(options)}\
  claimValidationRules:
${rule(`claims.project_id in [${cel(String(projectId))}]`, 'the job is of another project')}\
${rule(`claims.aud == ${cel(audience)} || claims.aud == [${cel(audience)}]`, 'the token is for another audience, too')}\
${rule('claims.ref_protected == "true"', 'the job is of a branch that is not protected')}\
  # Where jobs of protected tags deploy as well: claims.ref_type in ["branch", "tag"]
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

/** A text of one line in single quotes, in which only they mean something. */
function yaml(text: string): string {
  return `'${text.replace(/'/g, '\'\'')}'`;
}

/** A literal of CEL, whose escapes include those of JSON. */
function cel(text: string): string {
  return JSON.stringify(text);
}
