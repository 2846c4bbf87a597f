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

/** Seconds and MB: the medians of several lives. */
export interface Times {
  readonly install: number;
  readonly update: number;
  readonly again: number;
  /** Of the update. */
  readonly cpu: number;
  readonly memory: number;
}

export function timesOf(lives: readonly Life[]): Times {
  return {
    install: median(lives.map(({ install }) => install.seconds)),
    update: median(lives.map(({ update }) => update.seconds)),
    again: median(lives.map(({ again }) => again.seconds)),
    cpu: median(lives.map(({ update }) => update.cpu)),
    memory: median(lives.map(({ update }) => update.memory)),
  };
}

export function cellsOf({ install, update, again, cpu, memory }: Times): string[] {
  return [...[install, update, again].map((seconds) => `${seconds.toFixed(2)} s`), `${cpu.toFixed(2)} s / ${memory.toFixed(0)} MB`];
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
