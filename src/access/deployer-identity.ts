import { OIDC_ANNOTATIONS } from './access-annotations';
import { BoundIdentity, checkIdentity, checkProjectId } from './bound-identity';
import { DeployerToken } from './deployer-token';
import { environmentName, oidcAudience, oidcEnvironmentGroup, oidcIssuer, oidcPrefix, oidcUser } from './oidc-names';
import { userError, show } from '../base/user-error';
import { environmentSlug } from '../gitlab/environment-slug';
import { dns1123Label, dns1123Subdomain } from '../kubernetes/names';
import { group, serviceAccount, user } from '../kubernetes/subject';

/**
 * A ServiceAccount made for the deployer.
 */
export interface ServiceAccountIdentityOptions {
  /**
   * The name of the ServiceAccount.
   *
   * @default - `gitlab-<namespace>`
   */
  readonly name?: string;

  /**
   * How its token comes into being.
   *
   * @default DeployerToken.tokenRequest()
   */
  readonly token?: DeployerToken;
}

/**
 * The GitLab agent for Kubernetes, as one of two subjects: give either the agent's own ServiceAccount or a project.
 */
export interface GitlabAgentIdentityOptions {
  /**
   * The ServiceAccount that the agent runs as. Every job that may use the agent acts as it: all projects the agent is authorised for share these rights.
   * What else it has, they have as well: whoever installed the agent may have bound it to `cluster-admin`. `verify` shows it.
   *
   * @default - jobs are told apart by GitLab, see `projectId`
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
   * which is in GitLab Premium and Ultimate.
   *
   * @default - the agent's own ServiceAccount is bound
   */
  readonly projectId?: number;

  /**
   * The slug of the environment (CI_ENVIRONMENT_SLUG) that a job must deploy to. Needs `projectId`.
   * Whoever may run jobs in the project may name the environment, unless it is protected in GitLab.
   *
   * @default - jobs of the project for any environment, and for none
   */
  readonly environmentSlug?: string;
}

/**
 * A GitLab project that authenticates with an id_token of the job; nothing is stored.
 */
export interface OidcIdentityOptions {
  /**
   * The id of the project whose jobs may deploy.
   */
  readonly projectId: number;

  /**
   * The GitLab instance that signs the tokens, as their `iss` says it: `https://gitlab.example.com`.
   */
  readonly issuer: string;

  /**
   * The audience that the job asks for and the API server demands. Unique to the cluster, so that a token for one is worth nothing at another.
   */
  readonly audience: string;

  /**
   * What the API server puts before the names that it makes of GitLab's claims, so that no token can name a user of another origin.
   *
   * @default 'gitlab:'
   */
  readonly usernamePrefix?: string;

  /**
   * The protected environment that a job must deploy to, by its name. A job for any other, or for this one while it is not protected, is not the deployer.
   * Protected environments are in GitLab Premium and Ultimate; everywhere else the API server's rule that the ref is protected is what there is.
   *
   * @default - jobs of the project for any environment, and for none
   */
  readonly environment?: string;
}

/**
 * Who deploys: the subject that a namespace's role is bound to.
 */
export class DeployerIdentity {
  /**
   * A ServiceAccount in the namespace, whose token GitLab keeps as a masked variable.
   *
   * @param options Name and token.
   */
  public static serviceAccount(options: ServiceAccountIdentityOptions = {}): DeployerIdentity {
    return new DeployerIdentity((namespace) => {
      const name = options.name ?? `gitlab-${namespace}`;
      checkIdentity('name', name, dns1123Subdomain);
      const token = options.token ?? DeployerToken.tokenRequest();
      return {
        name,
        subject: serviceAccount(name, namespace),
        serviceAccount: { name, tokenSecret: token._secretName(name) },
        annotations: {},
        description: `ServiceAccount ${namespace}/${name}`,
      };
    });
  }

  /**
   * The GitLab agent for Kubernetes, which carries a job's requests into the cluster; nothing is stored in GitLab.
   *
   * @param options Either the agent's own ServiceAccount, or a project with impersonation.
   * @throws When neither or both are given.
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
        fix: 'give serviceAccountName with serviceAccountNamespace, or projectId where the agent impersonates jobs (Premium)',
      });
    }
    return new DeployerIdentity(() => bound);
  }

  /**
   * A GitLab project by the id_token of its jobs, which the API server checks itself (structured authentication); nothing is stored anywhere.
   * The user is named after the project's id, since a project's path can be taken over by another one.
   * The API server must be told so: `cdk8s-ci-deploy grant` prints its configuration, which lets only jobs of protected branches in.
   *
   * @param options Whom to trust, and for what.
   * @throws When the issuer is not an https URL, or the prefix would let a token name one of Kubernetes' own users.
   * @see https://docs.gitlab.com/ci/secrets/id_token_authentication/
   */
  public static oidc(options: OidcIdentityOptions): DeployerIdentity {
    const bound = oidcProject(options);
    return new DeployerIdentity(() => bound);
  }

  private constructor(private readonly bind: (namespace: string) => BoundIdentity) {}

  /**
   * What this identity is in a namespace.
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
    throw userError({ at: 'identity', given: `environmentSlug is ${show(slug)} without projectId`, expected: 'both', fix: 'give projectId' });
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
