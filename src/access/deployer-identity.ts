import { oidcAudience, oidcEnvironmentGroup, oidcIssuer, oidcPrefix, oidcUser } from './oidc-names';
import { userError, show } from '../base/user-error';
import { environmentName, environmentSlug } from '../gitlab/environments';
import { dns1123Label, dns1123Subdomain, NameRule, similarName } from '../kubernetes/names';
import { group, serviceAccount, Subject, user } from '../kubernetes/rbac';
import { OIDC_ANNOTATIONS } from '../release/release-names';

/**
 * The kind of token that a deployer's ServiceAccount gets.
 */
export class DeployerToken {
  /**
   * A token with an expiry. `cdk8s-ci-deploy grant` requests it from the API server. The cluster does not store it.
   *
   * @see https://kubernetes.io/docs/reference/kubernetes-api/authentication-resources/token-request-v1/
   */
  public static tokenRequest(): DeployerToken {
    return new DeployerToken(undefined);
  }

  /**
   * A token in a Secret of type `kubernetes.io/service-account-token`. The cluster writes the token into the Secret.
   *
   * The risk: the token never expires, and everyone with the right to read Secrets in the namespace can read it.
   * Deleting the Secret revokes the token.
   *
   * @see https://kubernetes.io/docs/concepts/configuration/secret/#serviceaccount-token-secrets
   */
  public static tokenSecret(): DeployerToken {
    return new DeployerToken('token');
  }

  private constructor(private readonly suffix: string | undefined) {}

  /**
   * The name of the token's Secret. It is missing for a requested token.
   *
   * @internal
   */
  public _secretName(account: string): string | undefined {
    return this.suffix && `${account}-${this.suffix}`;
  }
}

/**
 * An identity in the manifests of one namespace.
 */
export interface BoundIdentity {
  /** The first part of the RoleBinding's name. */
  readonly name: string;
  readonly subject: Subject;
  /** The ServiceAccount to create in the namespace. */
  readonly account?: { readonly name: string; readonly tokenSecret?: string };
  /** Annotations of the RoleBinding. `grant` and `verify` read them from the manifests. */
  readonly annotations: { readonly [key: string]: string };
  /** The identity in words, for people. */
  readonly description: string;
}

/**
 * Options for a ServiceAccount that deploys.
 */
export interface ServiceAccountIdentityOptions {
  /**
   * The name of the ServiceAccount.
   *
   * @default - `gitlab-<namespace>`
   */
  readonly name?: string;

  /**
   * The kind of its token.
   *
   * @default DeployerToken.tokenRequest()
   */
  readonly token?: DeployerToken;
}

/**
 * Options for the GitLab agent for Kubernetes: either the agent's own ServiceAccount or a project.
 */
export interface GitlabAgentIdentityOptions {
  /**
   * The agent's ServiceAccount. Every job of every project with access to the agent has its rights.
   * The account may have more rights from the agent's installation, even `cluster-admin`. `cdk8s-ci-deploy verify` shows them.
   *
   * @default - the jobs of one project, see `projectId`
   */
  readonly serviceAccountName?: string;

  /**
   * The namespace of that ServiceAccount.
   *
   * @default - none, required with `serviceAccountName`
   */
  readonly serviceAccountNamespace?: string;

  /**
   * The id of the project whose jobs may deploy. The agent must impersonate jobs (`access_as: { ci_job: {} }` in its configuration),
   * a feature of GitLab Premium and Ultimate.
   *
   * @default - the agent's own ServiceAccount
   */
  readonly projectId?: number;

  /**
   * The slug of the environment (CI_ENVIRONMENT_SLUG) to which a job must deploy. Requires `projectId`.
   * Everyone who can run jobs in the project can choose this environment, unless GitLab protects it.
   *
   * @default - all jobs of the project
   */
  readonly environmentSlug?: string;
}

/**
 * Options for a GitLab project whose jobs authenticate with an id_token.
 */
export interface OidcIdentityOptions {
  /**
   * The id of the project whose jobs may deploy.
   */
  readonly projectId: number;

  /**
   * The GitLab instance that signs the tokens, as in their claim `iss`: `https://gitlab.example.com`.
   */
  readonly issuer: string;

  /**
   * The audience of the tokens (`aud`), which the API server requires. Choose a different one for each cluster, so that no other cluster accepts a token.
   */
  readonly audience: string;

  /**
   * The prefix of the users and groups that the API server derives from GitLab's claims. It keeps them apart from users of other origins.
   *
   * @default 'gitlab:'
   */
  readonly usernamePrefix?: string;

  /**
   * The name of the protected environment to which a job must deploy. Jobs for other environments, or while it is not protected, have no access.
   * Protected environments are a feature of GitLab Premium and Ultimate. Without them, the API server only requires a protected branch or tag.
   *
   * @default - all jobs of the project
   */
  readonly environment?: string;
}

/**
 * The name of a deployer's ServiceAccount when the user chooses none.
 */
export function defaultAccountName(namespace: string): string {
  return `gitlab-${namespace}`;
}

/**
 * The identity that deploys: the subject of the namespace's RoleBinding.
 */
export class DeployerIdentity {
  /**
   * A ServiceAccount in the namespace. GitLab stores its token in a masked CI/CD variable.
   *
   * @param options Name and token.
   */
  public static serviceAccount(options: ServiceAccountIdentityOptions = {}): DeployerIdentity {
    return new DeployerIdentity((namespace) => {
      const name = options.name ?? defaultAccountName(namespace);
      checkIdentity('name', name, dns1123Subdomain);
      const token = options.token ?? DeployerToken.tokenRequest();
      return {
        name,
        subject: serviceAccount(name, namespace),
        account: { name, tokenSecret: token._secretName(name) },
        annotations: {},
        description: `ServiceAccount ${namespace}/${name}`,
      };
    });
  }

  /**
   * The GitLab agent for Kubernetes, which forwards a job's requests to the cluster. GitLab stores no credential of the cluster.
   *
   * @param options Either the agent's own ServiceAccount, or a project with impersonation.
   * @throws Unless exactly one of them is given.
   * @see https://docs.gitlab.com/user/clusters/agent/ci_cd_workflow/
   */
  public static gitlabAgent(options: GitlabAgentIdentityOptions): DeployerIdentity {
    const account = agentAccount(options);
    const project = agentProject(options);
    const bound = account ?? project;
    if (!bound || (account && project)) {
      throw userError({
        at: 'identity',
        given: `gitlabAgent has ${account ? 'both a ServiceAccount and a projectId' : 'neither a ServiceAccount nor a projectId'}`,
        expected: 'one of them',
        fix: 'set serviceAccountName and serviceAccountNamespace, or projectId if the agent impersonates jobs (Premium)',
      });
    }
    return new DeployerIdentity(() => bound);
  }

  /**
   * The jobs of a GitLab project by their id_token, which the API server verifies (structured authentication). No credential is stored.
   * The user's name contains the project's id: another project can take over a path, but not an id.
   * The API server needs a configuration, which `cdk8s-ci-deploy grant` prints. It admits only jobs of protected branches and tags.
   *
   * @param options The project, the issuer and the audience.
   * @throws When the issuer is not an https URL, or the prefix would allow names of Kubernetes' own users.
   * @see https://docs.gitlab.com/ci/secrets/id_token_authentication/
   */
  public static oidc(options: OidcIdentityOptions): DeployerIdentity {
    const bound = oidcProject(options);
    return new DeployerIdentity(() => bound);
  }

  private constructor(private readonly bind: (namespace: string) => BoundIdentity) {}

  /**
   * The identity in a namespace.
   *
   * @internal
   */
  public _bind(namespace: string): BoundIdentity {
    return this.bind(namespace);
  }
}

function agentAccount(options: GitlabAgentIdentityOptions): BoundIdentity | undefined {
  const { serviceAccountName: name, serviceAccountNamespace: namespace } = options;
  if (name === undefined && namespace === undefined) return undefined;
  checkIdentity('serviceAccountName', name ?? '', dns1123Subdomain);
  checkIdentity('serviceAccountNamespace', namespace ?? '', dns1123Label);
  return {
    name: `${namespace}-${name}`,
    subject: serviceAccount(name ?? '', namespace ?? ''),
    annotations: {},
    description: `the GitLab agent's ServiceAccount ${namespace}/${name}`,
  };
}

function agentProject(options: GitlabAgentIdentityOptions): BoundIdentity | undefined {
  const { projectId, environmentSlug: slug } = options;
  if (projectId === undefined) {
    if (slug === undefined) return undefined;
    throw userError({ at: 'identity', given: `environmentSlug is ${show(slug)} without projectId`, expected: 'both', fix: 'add projectId' });
  }
  checkProjectId(projectId);
  if (slug !== undefined) checkIdentity('environmentSlug', slug, dns1123Label);
  const name = slug === undefined ? `gitlab:project:${projectId}` : `gitlab:project_env:${projectId}:${slug}`;
  const suffix = slug === undefined ? '' : `-env-${slug}`;
  return { name: `gitlab-agent-project-${projectId}${suffix}`, subject: group(name), annotations: {}, description: `group ${name}` };
}

function oidcProject({ projectId, issuer, audience, usernamePrefix: prefix = 'gitlab:', environment }: OidcIdentityOptions): BoundIdentity {
  checkProjectId(projectId);
  checkIdentity('issuer', issuer, oidcIssuer);
  checkIdentity('audience', audience, oidcAudience);
  checkIdentity('usernamePrefix', prefix, oidcPrefix);
  if (environment !== undefined) checkIdentity('environment', environment, environmentName);
  const subject = environment === undefined ? user(oidcUser(prefix, projectId)) : group(oidcEnvironmentGroup(prefix, projectId, environment));
  return {
    name: `gitlab-project-${projectId}${environment === undefined ? '' : `-env-${environmentSlug(environment)}`}`,
    subject,
    annotations: {
      [OIDC_ANNOTATIONS.issuer]: issuer,
      [OIDC_ANNOTATIONS.audience]: audience,
      [OIDC_ANNOTATIONS.projectId]: String(projectId),
      [OIDC_ANNOTATIONS.usernamePrefix]: prefix,
      ...environment === undefined ? {} : { [OIDC_ANNOTATIONS.environment]: environment },
    },
    description: `${subject.kind.toLowerCase()} ${subject.name}`,
  };
}

/**
 * Checks a value of an identity.
 *
 * @throws When it breaks the rule.
 */
function checkIdentity(prop: string, value: string, rule: NameRule): void {
  const expected = rule(value);
  if (expected) throw userError({ at: 'identity', given: `${prop} is ${show(value)}`, expected, fix: `change ${prop}${similarName(value, rule)}` });
}

/**
 * Checks the id of a GitLab project.
 *
 * @throws When it is not a positive whole number.
 */
export function checkProjectId(projectId: number, at = 'identity'): void {
  if (Number.isSafeInteger(projectId) && projectId > 0) return;
  throw userError({
    at,
    given: `projectId is ${show(projectId)}`,
    expected: 'the number that GitLab shows as the project\'s id',
    fix: 'copy it from the project\'s page in GitLab, or from CI_PROJECT_ID',
  });
}
