import type { Peer } from './peer';
import type { Times } from './scenarios/times';

/**
 * How our medians stand to those of the peers that they are to be below, in the same run.
 */
export function targets(ours: Peer, times: ReadonlyMap<Peer, Times>): string[] {
  const others = [...times].filter(([peer]) => peer !== ours);
  const own = times.get(ours);
  if (!own || others.length === 0) return [];
  const fastest = (of: (one: Times) => number) => others.reduce((best, other) => (of(other[1]) < of(best[1]) ? other : best));
  const line = (what: string, of: (one: Times) => number, [peer, theirs]: readonly [Peer, Times]) =>
    `${what}: ${(of(own) / of(theirs)).toFixed(2)} of ${peer.name} (target: 1 at most)`;
  const against = (name: string) => others.find(([peer]) => peer.name.includes(name));
  const [set, helm] = [against('ApplySet'), against('helm')];
  return [
    line('first install', ({ install }) => install, fastest(({ install }) => install)),
    line('update', ({ update }) => update, fastest(({ update }) => update)),
    ...set ? [line('nothing changed', ({ again }) => again, set)] : [],
    ...helm ? [line('peak memory', ({ memory }) => memory, helm)] : [],
  ];
}
