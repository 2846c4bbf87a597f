import { Peer } from './peer';
import { Site } from './site';
import type { FaultProxy } from '../../test/cluster/fault-proxy';

/**
 * What happens to one peer.
 */
export interface Scenario {
  /** The heads of its rows. */
  readonly rows: readonly string[];
  /** The cells of these rows. */
  play(stage: Stage): Promise<readonly string[]>;
}

/**
 * Where one peer plays one scenario.
 */
export interface Stage {
  readonly peer: Peer;
  /** A new namespace. */
  site(): Promise<Site>;
  /** A new proxy in front of the API server, for the jobs of a site. */
  proxyFor(site: Site): Promise<FaultProxy>;
}
