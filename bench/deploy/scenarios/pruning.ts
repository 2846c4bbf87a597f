import { isObject, JsonObject } from '../../../src/base/json';
import { application, configMap, image } from '../application';
import type { Scenario } from '../scenario';
import type { Site } from '../site';

/**
 * What becomes of objects that the manifests do not have.
 */
export const PRUNING: readonly Scenario[] = [
  {
    rows: ['a ConfigMap that is no longer in the set'],
    play: async (stage) => {
      const site = await installed(await stage.site());
      site.lay(application({ second: null }));
      await site.deploy({ image: image('2') });
      return [await site.find('configmaps/web') ? 'left' : 'removed'];
    },
  },
  {
    rows: ['another team\'s object with our label'],
    play: async (stage) => {
      const site = await installed(await stage.site());
      await site.create('configmaps', configMap('theirs'));
      return [await afterUpdate(site)];
    },
  },
  {
    rows: ['… that is a copy of ours, with all labels and annotations'],
    play: async (stage) => {
      const site = await installed(await stage.site());
      const { labels, annotations } = metadataOf(await site.find('configmaps/web'));
      await site.create('configmaps', { ...configMap('theirs'), metadata: { name: 'theirs', labels, annotations } });
      return [await afterUpdate(site)];
    },
  },
];

async function installed(site: Site): Promise<Site> {
  site.lay(application());
  await site.deploy();
  return site;
}

async function afterUpdate(site: Site): Promise<string> {
  await site.deploy({ image: image('2') });
  return await site.find('configmaps/theirs') ? 'kept' : 'DELETED';
}

function metadataOf(object: JsonObject | undefined): JsonObject {
  return isObject(object?.metadata) ? object.metadata : {};
}
