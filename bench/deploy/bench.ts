import { mkdirSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import type { Peer } from './peer';
import type { Scenario, Stage } from './scenario';
import { Life, live, takingTurns, Times, timesOf } from './scenarios/times';
import { Site, World } from './site';
import { FaultProxy } from '../../test/cluster/fault-proxy';

/**
 * Plays scenarios with peers, each in namespaces of its own on one control plane.
 */
export class Bench {
  private namespaces = 0;

  public constructor(private readonly world: World, private readonly peers: readonly Peer[], private readonly tell: (line: string) => void) {
    mkdirSync(world.programs);
    const programs = Object.fromEntries(peers.flatMap((peer) => Object.entries(peer.programs())));
    for (const [name, path] of Object.entries(programs)) symlinkSync(path, join(world.programs, name));
  }

  /** One job at a time. The first round warms the file cache. */
  public async times(rounds: number): Promise<Map<Peer, Times>> {
    const lives = new Map<Peer, Life[]>(this.peers.map((peer) => [peer, []]));
    for (let round = 0; round <= rounds; round++) {
      this.tell(`times, round ${round} of ${rounds}`);
      for (const peer of takingTurns(this.peers, round)) {
        const life = await live(await this.site(peer));
        if (round > 0) lives.get(peer)!.push(life);
      }
    }
    return new Map(this.peers.map((peer) => [peer, timesOf(lives.get(peer)!)]));
  }

  /** All peers at once: what counts is how it ends. */
  public async play(scenario: Scenario): Promise<ReadonlyArray<readonly string[]>> {
    this.tell(scenario.rows[0]!);
    return Promise.all(this.peers.map(async (peer) => this.playOne(scenario, peer)));
  }

  private async playOne(scenario: Scenario, peer: Peer): Promise<readonly string[]> {
    const proxies: FaultProxy[] = [];
    const stage: Stage = {
      peer,
      site: async () => this.site(peer),
      proxyFor: async (site) => {
        const { server, certificateAuthority: ca } = this.world.controlPlane;
        const proxy = await FaultProxy.start({ server, ca });
        proxies.push(proxy);
        site.goThrough(proxy.url, proxy.certificateAuthority);
        return proxy;
      },
    };
    try {
      return await scenario.play(stage);
    } finally {
      for (const proxy of proxies) await proxy.stop();
    }
  }

  private async site(peer: Peer): Promise<Site> {
    return Site.make(this.world, `site-${++this.namespaces}`, peer);
  }
}
