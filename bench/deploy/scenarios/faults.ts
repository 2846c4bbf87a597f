import { answering, answerLost, cutBefore, Fault } from '../../../test/cluster/faults';
import { application, image } from '../application';
import type { Scenario } from '../scenario';
import { versionOf } from '../words';

/** Writes of the Deployment, by whatever method; a dry run is none. */
const METHODS = ['POST', 'PATCH', 'PUT'];
const DEPLOYMENT = /\/deployments(?:\/web)?(?:\?(?!.*dryRun).*)?$/;

/**
 * What networks and servers do to the write of an update.
 */
export const FAULTS: readonly Scenario[] = [
  update('503 twice, no Retry-After', answering(503), 2),
  update('the first write is reset', cutBefore),
  update('the write lands, its answer is lost', answerLost),
];

function update(row: string, fault: Fault, times = 1): Scenario {
  return {
    rows: [row],
    play: async (stage) => {
      const site = await stage.site();
      site.lay(application());
      await site.deploy();
      const proxy = await stage.proxyFor(site);
      const placed = METHODS.map((method) => proxy.place(fault, { method, path: DEPLOYMENT, times }));
      const words = await versionOf(site, await site.deploy({ image: image('2') }));
      return [placed.some(({ met }) => met > 0) ? words : `${words} (the fault was not met)`];
    },
  };
}
