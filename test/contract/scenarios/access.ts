import { App, Chart, Yaml } from 'cdk8s';
import { DeployerIdentity, DeployerRole, DeployerToken, NamespaceDeployer, NamespaceDeployerProps } from '../../../src';
import { configMap, deployment, secret } from '../../cluster/application';
import { GITLAB_TOKEN, Stage } from '../recording/stage';
import { Run, Scenario } from '../scenario';

const IN_GITLAB = '--gitlab-url {gitlab} --project 42 --environment production';
const VARIABLES = { GITLAB_TOKEN, KUBECONFIG: 'admin.kubeconfig' };

/** The access manifests of the stage's namespace, and the administrator's kubeconfig. */
function administrator(props: Partial<NamespaceDeployerProps> = {}): (stage: Stage) => Promise<void> {
  return async (stage) => {
    const chart = new Chart(new App(), 'access');
    new NamespaceDeployer(chart, 'gitlab', { namespace: stage.namespace, createNamespace: true, ...props });
    stage.write('access.yaml', Yaml.stringify(...chart.toJson()));
    stage.makeAdministrator();
  };
}

/** A run as the administrator of both servers. */
function asAdministrator(command: string, options: Partial<Run> = {}): Run {
  return { command, variables: VARIABLES, ...options };
}

const GRANTED = asAdministrator(`grant access.yaml ${IN_GITLAB}`, { isGiven: true });

/** A run of the job that has the variable KUBECONFIG of GitLab. */
function asJob(command: string): Run {
  return {
    command,
    before: (stage) => stage.write('job.kubeconfig', stage.gitlab.project(42).variables.find(({ key }) => key === 'KUBECONFIG')?.value ?? ''),
    variables: { GITLAB_TOKEN, KUBECONFIG: 'job.kubeconfig', CI: 'true' },
  };
}

export const GRANTS: readonly Scenario[] = [
  {
    name: 'grant-to-gitlab',
    shows: 'A grant applies the access manifests, tests a credential and stores it in two variables. A second grant changes nothing.',
    given: administrator(),
    runs: [asAdministrator(`grant access.yaml ${IN_GITLAB} --output json`), asAdministrator(`grant access.yaml ${IN_GITLAB} --output json`)],
  },
  {
    name: 'grant-to-file',
    shows: 'A grant writes the credential to a file, or prints it.',
    given: administrator(),
    runs: [asAdministrator('grant access.yaml --file ci.kubeconfig --output json'), asAdministrator('grant access.yaml --output - --format json')],
  },
  {
    name: 'grant-to-group',
    shows: 'A grant stores the credential in a group, as an unprotected variable of type env_var.',
    given: async (stage) => {
      await administrator()(stage);
      stage.gitlab.addToken('glpat-of-an-owner', { group: 'owner' });
    },
    runs: [asAdministrator('grant access.yaml --gitlab-url {gitlab} --group group --environment * --variable CLUSTER --variable-type env_var --unprotected --output json', {
      variables: { ...VARIABLES, GITLAB_TOKEN: 'glpat-of-an-owner' },
    })],
  },
  {
    name: 'grant-dry-run',
    shows: 'A dry run of a grant checks both servers and changes neither.',
    given: administrator(),
    runs: [asAdministrator(`grant access.yaml ${IN_GITLAB} --dry-run --output json`)],
  },
  {
    name: 'grant-token-secret',
    shows: 'With a token Secret in the manifests, the cluster issues a token that does not expire. A second destination gets its own token.',
    given: administrator({ identity: DeployerIdentity.serviceAccount({ token: DeployerToken.tokenSecret() }) }),
    runs: [asAdministrator(`grant access.yaml ${IN_GITLAB} --output json`), asAdministrator('grant access.yaml --file ci.kubeconfig --output json')],
  },
  {
    name: 'grant-least-privilege',
    shows: 'A grant tests each right of a least-privilege role.',
    given: async (stage) => administrator({
      role: DeployerRole.leastPrivilege({
        projectId: 42, environment: 'production', app: 'web', manifests: [configMap('web'), secret('web', { a: 'value' }), deployment('web')].map((one) => JSON.stringify(one)).join('\n---\n'),
      }),
    })(stage),
    runs: [asAdministrator(`grant access.yaml ${IN_GITLAB} --output json`)],
  },
  {
    name: 'grant-oidc',
    shows: 'A project with id_tokens needs no stored credential.',
    given: administrator({ identity: DeployerIdentity.oidc({ projectId: 42, issuer: 'https://gitlab.example.com', audience: 'https://cluster.example.com' }) }),
    runs: [asAdministrator('grant access.yaml --output json'), asAdministrator('grant access.yaml --file ci.kubeconfig')],
  },
  {
    name: 'grant-gitlab-refuses',
    shows: 'A grant revokes the new credential when GitLab rejects it.',
    given: administrator(),
    runs: [
      asAdministrator(`grant access.yaml ${IN_GITLAB} --output json`, { before: (stage) => stage.gitlab.fail({ method: 'POST', path: /variables/ }, { status: 403, body: { message: '403 Forbidden' } }) }),
      asAdministrator(`grant access.yaml ${IN_GITLAB} --output json`, { before: (stage) => stage.gitlab.addToken('glpat-of-a-developer', { 'group/site': 'developer' }), variables: { ...VARIABLES, GITLAB_TOKEN: 'glpat-of-a-developer' } }),
    ],
  },
  {
    name: 'grant-refused',
    shows: 'A grant rejects wrong input before it sends a request.',
    given: administrator(),
    runs: [
      asAdministrator('grant access.yaml'),
      asAdministrator(`grant access.yaml ${IN_GITLAB} --file ci.kubeconfig`),
      asAdministrator('grant access.yaml --file ci.kubeconfig --duration long'),
      asAdministrator('grant access.yaml --file ci.kubeconfig --duration 1d'),
      asAdministrator('grant other.yaml --file ci.kubeconfig', { files: { 'other.yaml': [deployment('web')] } }),
    ],
  },
];

export const ROTATIONS: readonly Scenario[] = [
  {
    name: 'rotate-by-administrator',
    shows: 'An administrator rotates the credential, and revokes the old one after the grace period.',
    given: administrator(),
    runs: [GRANTED, asAdministrator(`rotate access.yaml ${IN_GITLAB} --dry-run --output json`), asAdministrator(`rotate access.yaml ${IN_GITLAB} --grace 1h --output json`)],
  },
  {
    name: 'rotate-itself',
    shows: 'The credential rotates itself, and checks that the server rejects the old one.',
    given: administrator(),
    runs: [GRANTED, asJob(`rotate --itself ${IN_GITLAB} --now --output json`)],
  },
  {
    name: 'rotate-no-wait',
    shows: 'Without waiting, the old credential stays valid until a later run revokes it.',
    given: administrator(),
    runs: [
      GRANTED,
      asAdministrator(`rotate access.yaml ${IN_GITLAB} --grace 1h --no-wait --output json`),
      asAdministrator('rotate access.yaml --finish'),
      asAdministrator('rotate access.yaml --finish', { before: async (stage) => stage.pass(3_700_000) }),
    ],
  },
  {
    name: 'rotate-gitlab-refuses',
    shows: 'When GitLab rejects the new credential, the command revokes it, and the old one stays.',
    given: administrator(),
    runs: [
      GRANTED,
      asAdministrator(`rotate access.yaml ${IN_GITLAB} --now --output json`, {
        before: (stage) => stage.gitlab.fail({ method: 'PUT', path: /KUBECONFIG\?/ }, { status: 403, body: { message: '403 Forbidden' } }),
      }),
    ],
  },
  {
    name: 'rotate-refused',
    shows: 'A rotation needs an existing credential.',
    given: administrator(),
    runs: [asAdministrator('rotate --file ci.kubeconfig'), asAdministrator(`rotate access.yaml ${IN_GITLAB} --now`), asAdministrator(`rotate access.yaml ${IN_GITLAB} --grace soon`)],
  },
];

export const REVOCATIONS: readonly Scenario[] = [
  {
    name: 'revoke-one',
    shows: 'The command revokes a credential and removes its variables.',
    given: administrator(),
    runs: [
      GRANTED,
      asAdministrator('revoke access.yaml --list --output json'),
      asAdministrator(`revoke access.yaml ${IN_GITLAB} --dry-run --output json`),
      asAdministrator(`revoke access.yaml ${IN_GITLAB} --remove-variable --output json`),
      asAdministrator('revoke access.yaml --list --output json'),
    ],
  },
  {
    name: 'revoke-compromised',
    shows: 'The command revokes every token of the account, and lists the objects that were created since.',
    given: administrator(),
    runs: [
      GRANTED,
      asAdministrator('revoke access.yaml --compromised --output json', {
        before: async (stage) => void await stage.administrator.create(stage.path('v1/configmaps'), configMap('since')),
      }),
    ],
  },
  {
    name: 'revoke-nothing',
    shows: 'Without a grant there is no credential to revoke.',
    given: async (stage) => {
      await administrator()(stage);
      await stage.makeNamespace();
    },
    runs: [asAdministrator('revoke access.yaml --output json'), asAdministrator('revoke access.yaml --credential missing --output json')],
  },
];

export const VERIFICATIONS: readonly Scenario[] = [
  {
    name: 'verify-as-expected',
    shows: 'A credential with rights in one namespace passes.',
    given: async (stage) => stage.makeDeployer(),
    runs: [{ command: 'verify --kubeconfig ci.kubeconfig --output json --junit verify.xml --html verify.html' }],
  },
  {
    name: 'verify-expect',
    shows: 'The rights in the namespace equal those of the access manifests.',
    given: administrator(),
    runs: [GRANTED, asJob('verify --expect access.yaml --other-namespace kube-public --output json')],
  },
  {
    name: 'verify-too-much',
    shows: 'A credential with rights in another namespace fails.',
    given: async (stage) => {
      await stage.makeDeployer();
      await stage.bindElsewhere('default', 'view');
    },
    runs: [{ command: 'verify --kubeconfig ci.kubeconfig --output json' }],
  },
  {
    name: 'verify-refused',
    shows: 'A credential that the server does not know fails.',
    given: async (stage) => stage.makeDeployer(),
    runs: [
      { before: (stage) => stage.write('ci.kubeconfig', stage.read('ci.kubeconfig').replace(/token: "?(\S{20})\S*/, 'token: $1')), command: 'verify --kubeconfig ci.kubeconfig --output json' },
      { command: 'verify --kubeconfig missing.kubeconfig --output json' },
      { command: 'verify --output json' },
    ],
  },
];

export const KUBECONFIGS: readonly Scenario[] = [
  {
    name: 'kubeconfig-from-token',
    shows: 'The command builds a kubeconfig from the administrator\'s file and a token, or the file of an id_token, and checks it.',
    given: administrator(),
    runs: [
      { command: 'kubeconfig admin.kubeconfig --token-file - --namespace {namespace} --file ci.kubeconfig --output json', stdin: `${'a'.repeat(40)}\n` },
      { command: 'kubeconfig ci.kubeconfig --output - --format json' },
      { command: 'kubeconfig admin.kubeconfig --id-token-file /builds/id-token --namespace {namespace} --output json' },
      { command: 'kubeconfig admin.kubeconfig --output json' },
    ],
  },
  {
    name: 'kubeconfig-of-service-account',
    shows: 'The command requests the token of a ServiceAccount from the cluster, bound to a Secret.',
    given: async (stage) => {
      await stage.makeDeployer();
      stage.makeAdministrator();
    },
    runs: [
      asAdministrator('kubeconfig --service-account ci --namespace {namespace} --dry-run --file new.kubeconfig --output json'),
      asAdministrator('kubeconfig --service-account ci --namespace {namespace} --file new.kubeconfig --output json'),
    ],
  },
];
