import { setTimeout as sleep } from 'node:timers/promises';
import { application, image, WITHOUT_IMAGE } from '../application';
import type { Outcome } from '../job';
import type { Scenario } from '../scenario';
import type { Site } from '../site';
import { yesOrNo } from '../words';

/** Seconds. */
const LIMIT = 30;

/** As kwok's stage has it. */
const REASON = 'ImagePullBackOff';
const CAUSE = /ImagePullBackOff|Back-off pulling image/;

/**
 * Rollouts that do not come to their end.
 */
export const ROLLOUTS: readonly Scenario[] = [
  {
    rows: [`bad image, limit ${LIMIT} s: fails after`, '… the cause is named', '… after the kubelet\'s report', '… the old version is back'],
    play: async (stage) => {
      const site = await installed(await stage.site());
      site.lay(application(WITHOUT_IMAGE));
      const [reported, outcome] = await Promise.all([site.waitsFor(REASON), site.deploy({ image: image('2'), limit: LIMIT })]);
      const named = saidAt(outcome);
      return [
        `${outcome.seconds.toFixed(1)} s, exit ${outcome.status}`,
        yesOrNo(named !== undefined),
        named === undefined ? 'never' : `${((named - reported) / 1000).toFixed(1)} s`,
        yesOrNo(await site.image() === image('1')),
      ];
    },
  },
  {
    rows: ['killed in mid-rollout, next deploy'],
    play: async (stage) => {
      const site = await installed(await stage.site());
      site.lay(application(WITHOUT_IMAGE));
      const job = site.begin({ image: image('2') });
      while (await site.image() !== image('2')) await sleep(50);
      // By now it waits.
      await sleep(2_000);
      job.kill();
      await job.ended;
      site.lay(application());
      const { status, seconds } = await site.deploy({ image: image('3') });
      const works = status === 0 && await site.image() === image('3');
      return [`${works ? 'works' : 'REFUSED'}, ${seconds.toFixed(1)} s`];
    },
  },
];

async function installed(site: Site): Promise<Site> {
  site.lay(application());
  await site.deploy();
  return site;
}

function saidAt({ said }: Outcome): number | undefined {
  return said.find(({ text }) => CAUSE.test(text))?.at;
}
