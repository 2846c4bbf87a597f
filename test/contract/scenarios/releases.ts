import { broken, ciJob, claim, deploy, deployed, deployer, IN_CI, SHOP, version, WEB } from './shared';
import { configMap, deployment, job, secret, serviceAccount } from '../../cluster/application';
import { Stage } from '../recording/stage';
import { Scenario } from '../scenario';

const PULLING = '--pull-secret gitlab --pull-secret-registry registry.example.com';

function pulls(user: string, password: string, project = '42'): Readonly<Record<string, string>> {
  return { CI_PROJECT_ID: project, CI_DEPLOY_USER: user, CI_DEPLOY_PASSWORD: password };
}

const PULLED = [configMap('web'), deployment('web', { pullSecret: 'gitlab' })];
const FIRST = [version('web', '1'), configMap('one'), secret('web', { a: 'first' }), job('once')];
const SECOND = [version('web', '2'), configMap('two'), secret('web', { a: 'second' }), job('once')];
const MANY = ['a', 'b', 'c', 'd'].map((name) => configMap(name));

/** Applies the access manifests of `web` as an administrator, and creates its credential. */
async function leastDeployer(stage: Stage): Promise<void> {
  await stage.makeLeastDeployer('web', [configMap('web'), configMap('old'), secret('web', { a: 'value' }), deployment('web', { pullSecret: 'gitlab' }), job('once')]);
}

export const PULL_SECRETS: readonly Scenario[] = [
  {
    name: 'pull-secret-made',
    shows: 'The pull secret is written before the objects, and again only when its values have changed.',
    given: deployer,
    runs: [
      deploy(PULLED, PULLING, { variables: pulls('gitlab+deploy-token-1', 'gldt-first-0123456789') }),
      deploy(PULLED, PULLING, { variables: pulls('gitlab+deploy-token-1', 'gldt-first-0123456789') }),
      deploy(PULLED, PULLING, { variables: pulls('gitlab+deploy-token-1', 'gldt-second-0123456789') }),
      { command: `destroy ${WEB} --output json`, variables: pulls('gitlab+deploy-token-1', 'gldt-second-0123456789') },
    ],
  },
  {
    name: 'pull-secret-shared',
    shows: 'Two applications share a pull secret, and each removes only its own part.',
    given: deployer,
    runs: [
      deployed(PULLED, { command: `deploy app.yaml ${WEB} ${PULLING}/web`, variables: pulls('gitlab+deploy-token-1', 'gldt-first-0123456789') }),
      deploy([deployment('shop', { pullSecret: 'gitlab' })], `${PULLING}/shop`, { as: SHOP, variables: pulls('gitlab+deploy-token-2', 'gldt-shop-0123456789', '43') }),
      deploy([deployment('shop', { pullSecret: 'gitlab' })], `${PULLING}/web`, { as: SHOP, variables: pulls('gitlab+deploy-token-2', 'gldt-shop-0123456789', '43') }),
      { command: `destroy ${SHOP} --output json`, variables: { CI_PROJECT_ID: '43' } },
      { command: `destroy ${WEB} --output json --pull-secret gitlab`, variables: { CI_PROJECT_ID: '42' } },
    ],
  },
  {
    name: 'pull-secret-undone',
    shows: 'The rollback of a release includes its part of the pull secret.',
    given: deployer,
    runs: [
      deployed(PULLED, { command: `deploy app.yaml ${WEB} ${PULLING}`, variables: pulls('gitlab+deploy-token-1', 'gldt-first-0123456789') }),
      deploy([configMap('web', { key: 'new' }), broken('web')], `${PULLING} --rollback-on-failure --timeout 30s`, { variables: pulls('gitlab+deploy-token-1', 'gldt-second-0123456789') }),
    ],
  },
  {
    name: 'pull-secret-refused',
    shows: 'A Secret of another type or owner is rejected as the pull secret, and stays unchanged.',
    given: async (stage) => {
      await deployer(stage);
      await stage.administrator.create(stage.path('v1/secrets'), secret('gitlab', { a: 'value' }));
    },
    runs: [
      deploy(PULLED, PULLING, { variables: pulls('gitlab+deploy-token-1', 'gldt-first-0123456789') }),
      deploy(PULLED, `${PULLING} --dry-run`, { variables: pulls('gitlab+deploy-token-1', 'gldt-first-0123456789') }),
      deploy(PULLED, PULLING),
    ],
  },
];

export const ROLLBACKS: readonly Scenario[] = [
  {
    name: 'rollback-before',
    shows: 'A rollback applies the previous release from the record, without Secrets and Jobs.',
    given: deployer,
    runs: [deployed(FIRST), deployed(SECOND), { command: `rollback ${WEB} --output json --dotenv deploy.env --junit deploy.xml` }],
  },
  {
    name: 'rollback-to',
    shows: 'A rollback applies the release of the given number. A dry run writes nothing.',
    given: deployer,
    runs: [
      deployed(FIRST), deployed(SECOND), deployed([...SECOND, configMap('three')]),
      { command: `rollback ${WEB} --to 1 --dry-run --diff --output json` },
      { command: `rollback ${WEB} --to 1 --output json` },
      { command: `rollback ${WEB} --to 99 --output json` },
    ],
  },
  {
    name: 'rollback-after-failure',
    shows: 'After a failed release without a rollback, the rollback command restores the last deployed release.',
    given: deployer,
    runs: [
      deployed([version('web', '1'), configMap('web')]),
      deploy([broken('web'), configMap('web', { key: 'new' })], '--timeout 30s'),
      { command: `rollback ${WEB} --output json` },
      { command: `status ${WEB} --output json` },
    ],
  },
  {
    name: 'rollback-refused',
    shows: 'A rollback is rejected without an earlier release, with images that are not allowed, or when it would delete most objects.',
    given: deployer,
    runs: [
      { command: `rollback ${WEB} --output json` },
      deployed([configMap('one')]), deployed([...MANY, deployment('web')], { command: `deploy app.yaml ${WEB} --allow-prune-many` }),
      { command: `rollback ${WEB} --output json` },
      { command: `rollback ${WEB} --to 2 --allow-registry registry.example.com/other --output json` },
      { command: `rollback ${WEB} --to first --output json` },
    ],
  },
  {
    name: 'rollback-in-ci',
    shows: 'A rollback in a CI job records the job.',
    given: deployer,
    runs: [
      deployed([configMap('one')], { as: IN_CI, variables: ciJob(10, 100) }),
      deployed([configMap('one', { key: 'new' })], { as: IN_CI, variables: ciJob(11, 110, 'b') }),
      { command: `rollback ${IN_CI} --output json --dotenv deploy.env`, variables: ciJob(11, 111, 'b') },
    ],
  },
];

export const DESTRUCTIONS: readonly Scenario[] = [
  {
    name: 'destroy-all',
    shows: 'All objects are deleted. The record and the lock are deleted last.',
    given: deployer,
    runs: [deployed([...FIRST, serviceAccount('web')]), { command: `destroy ${WEB} --dry-run --output json` }, { command: `destroy ${WEB} --output json` }, { command: `destroy ${WEB} --output json` }],
  },
  {
    name: 'destroy-claims',
    shows: 'PersistentVolumeClaims and the record stay until --prune-data is given.',
    given: deployer,
    runs: [deployed([configMap('one'), claim('data')]), { command: `destroy ${WEB} --output json` }, { command: `destroy ${WEB} --prune-data --output json` }],
  },
  {
    name: 'destroy-foreign',
    shows: 'Objects of another owner stay.',
    given: deployer,
    runs: [
      deployed([configMap('shop')], { as: SHOP }), deployed([configMap('one'), configMap('two')]),
      {
        before: async (stage) => {
          await stage.administrator.delete(stage.path('v1/configmaps/one'));
          await stage.administrator.create(stage.path('v1/configmaps'), configMap('one'));
        },
        command: `destroy ${WEB} --output json`,
      },
    ],
  },
  {
    name: 'destroy-in-ci',
    shows: 'The job that stops an environment deletes its objects without manifests.',
    given: deployer,
    runs: [deployed([version('web', '1'), configMap('one')], { as: IN_CI, variables: ciJob(10, 100) }), { command: `destroy ${IN_CI} --output json`, variables: ciJob(10, 105) }],
  },
];

export const REPORTS: readonly Scenario[] = [
  {
    name: 'status-deployed',
    shows: 'Status and history show a deployed application.',
    given: deployer,
    runs: [
      deployed([configMap('web'), deployment('web')], { as: IN_CI, variables: ciJob(10, 100) }),
      { command: `status ${IN_CI} --output json`, variables: ciJob(10, 100) },
      { command: `history ${IN_CI} --output json`, variables: ciJob(10, 100) },
      { command: `status ${IN_CI}`, variables: ciJob(10, 100) },
      { command: `history ${IN_CI}`, variables: ciJob(10, 100) },
    ],
  },
  {
    name: 'status-missing',
    shows: 'Missing or replaced objects fail the status.',
    given: deployer,
    runs: [
      deployed([configMap('one'), configMap('two'), configMap('three')]),
      {
        before: async (stage) => {
          await stage.administrator.delete(stage.path('v1/configmaps/one'));
          await stage.administrator.delete(stage.path('v1/configmaps/two'));
          await stage.administrator.create(stage.path('v1/configmaps'), configMap('two'));
        },
        command: `status ${WEB} --output json`,
      },
    ],
  },
  {
    name: 'status-nothing',
    shows: 'An application that was never deployed has no release.',
    given: deployer,
    runs: [{ command: `status ${WEB} --output json` }, { command: `history ${WEB} --output json` }],
  },
];

export const LEAST_PRIVILEGE: readonly Scenario[] = [
  {
    name: 'least-privilege-deploy',
    shows: 'A deployer with least privilege deploys, prunes and rolls back.',
    given: leastDeployer,
    runs: [
      deploy([configMap('web'), configMap('old'), secret('web', { a: 'value' }), deployment('web', { pullSecret: 'gitlab' }), job('once')], PULLING, {
        as: IN_CI, variables: { ...ciJob(10, 100), ...pulls('gitlab+deploy-token-1', 'gldt-first-0123456789') },
      }),
      deploy([configMap('web'), secret('web', { a: 'new' }), deployment('web', { pullSecret: 'gitlab', image: 'registry.example.com/web:2' }), job('once')], PULLING, {
        as: IN_CI, variables: { ...ciJob(11, 110, 'b'), ...pulls('gitlab+deploy-token-1', 'gldt-first-0123456789') },
      }),
      deploy([configMap('web', { key: 'new' }), broken('web')], '--timeout 30s', { as: IN_CI, variables: ciJob(12, 120, 'c') }),
    ],
  },
  {
    name: 'least-privilege-ends',
    shows: 'A deployer with least privilege rolls back, shows the status and destroys.',
    given: leastDeployer,
    runs: [
      deployed([configMap('web'), deployment('web')], { as: IN_CI, variables: ciJob(10, 100) }),
      deployed([configMap('web', { key: 'new' }), version('web', '2')], { as: IN_CI, variables: ciJob(11, 110, 'b') }),
      { command: `rollback ${IN_CI} --output json`, variables: ciJob(11, 111, 'b') },
      { command: `status ${IN_CI} --output json`, variables: ciJob(11, 111, 'b') },
      { command: `destroy ${IN_CI} --output json`, variables: ciJob(11, 112, 'b') },
    ],
  },
];
