import { application, image } from '../application';
import type { Outcome } from '../job';
import type { Peer } from '../peer';
import type { Site } from '../site';

/** The heads of the rows. */
export const TIMES = ['first install', 'update', 'nothing changed', 'update: CPU / max RSS'];

/** An application comes, changes and stays as it is. */
export interface Life {
  readonly install: Outcome;
  readonly update: Outcome;
  readonly again: Outcome;
}

export async function live(site: Site): Promise<Life> {
  site.lay(application());
  const install = done(await site.deploy());
  const update = done(await site.deploy({ image: image('2') }));
  return { install, update, again: done(await site.deploy({ image: image('2') })) };
}

/** Medians. */
export function timesOf(lives: readonly Life[]): string[] {
  const seconds = (of: (life: Life) => Outcome) => `${median(lives.map((life) => of(life).seconds)).toFixed(2)} s`;
  const cpu = median(lives.map(({ update }) => update.cpu)).toFixed(2);
  const memory = median(lives.map(({ update }) => update.memory)).toFixed(0);
  return [seconds(({ install }) => install), seconds(({ update }) => update), seconds(({ again }) => again), `${cpu} s / ${memory} MB`];
}

/** Each round begins with another, so that nobody always runs right after the same. */
export function takingTurns(peers: readonly Peer[], round: number): Peer[] {
  const first = round % peers.length;
  return [...peers.slice(first), ...peers.slice(0, first)];
}

function done(outcome: Outcome): Outcome {
  if (outcome.status === 0) return outcome;
  throw new Error(`a deploy that is only timed ended with ${outcome.status}:\n${outcome.output}`);
}

function median(values: readonly number[]): number {
  return [...values].sort((x, y) => x - y)[Math.floor(values.length / 2)]!;
}
