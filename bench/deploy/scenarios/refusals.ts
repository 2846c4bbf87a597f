import { application, configMap, image } from '../application';
import type { Scenario } from '../scenario';
import { versionOf, writtenOf } from '../words';

const CLUSTER_ROLE = { apiVersion: 'rbac.authorization.k8s.io/v1', kind: 'ClusterRole', metadata: { name: 'web' }, rules: [] };

/** ClusterRole admin may read it, and not create it. */
const QUOTA = { apiVersion: 'v1', kind: 'ResourceQuota', metadata: { name: 'web' }, spec: { hard: { pods: '20' } } };

/**
 * What cannot be applied, or should not be.
 */
export const REFUSALS: readonly Scenario[] = [
  firstInstallOf('ClusterRole as 2nd of 4, first install', CLUSTER_ROLE),
  firstInstallOf('ResourceQuota as 2nd (readable, not creatable)', QUOTA),
  {
    rows: ['ClusterRole as 2nd of 4, update'],
    play: async (stage) => {
      const site = await stage.site();
      site.lay(application());
      await site.deploy();
      site.lay(application({ second: CLUSTER_ROLE }));
      return [await versionOf(site, await site.deploy({ image: image('2') }))];
    },
  },
  ...[['not set', undefined], ['empty', '']].map(([words, value]): Scenario => ({
    rows: [`IMAGE ${words}, first install`],
    play: async (stage) => {
      const site = await stage.site();
      site.lay(application());
      return [await writtenOf(site, await site.deploy({ image: value }))];
    },
  })),
  {
    rows: ['images `web:`, `Web:latest`, `web:latest`'],
    play: async (stage) => {
      const answers = [];
      for (const reference of [image(''), image('latest').replace('web', 'Web'), image('latest')]) {
        const site = await stage.site();
        site.lay(application());
        answers.push((await site.deploy({ image: reference })).status === 0 ? 'accepted' : 'refused');
      }
      return [new Set(answers).size === 1 ? answers[0]! : answers.join(', ')];
    },
  },
  {
    rows: ['empty set of manifests'],
    play: async (stage) => {
      const site = await stage.site();
      site.lay(application());
      await site.deploy();
      site.lay([]);
      const { status } = await site.deploy();
      return [`${await site.find('deployments/web') ? 'all there' : 'ALL DELETED'}, exit ${status}`];
    },
  },
  {
    rows: ['quota blocks the 3rd of 4, first install'],
    play: async (stage) => {
      const site = await stage.site();
      await site.create('resourcequotas', { ...QUOTA, metadata: { name: 'few' }, spec: { hard: { services: '0' } } });
      site.lay(application());
      return [await writtenOf(site, await site.deploy())];
    },
  },
  {
    rows: ['older pipeline after a newer one'],
    play: async (stage) => {
      const site = await stage.site();
      site.lay(application());
      await site.deploy({ image: image('2'), pipeline: 12 });
      return [await versionOf(site, await site.deploy({ image: image('1'), pipeline: 11 }))];
    },
  },
];

function firstInstallOf(row: string, second: object): Scenario {
  return {
    rows: [row, '… and the corrected set after it'],
    play: async (stage) => {
      const site = await stage.site();
      site.lay(application({ second }));
      const written = await writtenOf(site, await site.deploy());
      site.lay(application({ second: configMap('web') }));
      return [written, (await site.deploy()).status === 0 ? 'works' : 'REFUSED'];
    },
  };
}
