import { AccessRequest, allowsAccess } from './access-request';
import { DEFAULT_RULES } from './default-rights';
import { listRequest, USUAL_KINDS } from './permissions';
import { beyond, requestsOf } from './rule-coverage';
import type { Place } from './verification';
import type { PolicyRule } from '../../kubernetes/rbac';
import type { Access } from '../access/access';

/**
 * What must be allowed and what denied: nothing outside the namespace, and inside what the access manifests say, if they are known.
 */
export class Expectation {
  /** What the role allows, or nothing when that is not known: no manifests, or a ClusterRole of the cluster's own. */
  public readonly rules?: readonly PolicyRule[];

  public constructor(private readonly access?: Access) {
    this.rules = access?.role.rules;
  }

  /** Nothing where nobody said what is right. */
  public of({ kind }: Place, request: AccessRequest): 'allowed' | 'denied' | undefined {
    if (kind !== 'namespace') return verdict(allowsAccess(DEFAULT_RULES, request));
    if (this.rules) return verdict(allowsAccess([...this.rules, ...DEFAULT_RULES], request));
    return USUAL_KINDS.some((listed) => sameRequest(listRequest(listed), request)) ? 'allowed' : undefined;
  }

  /** Every right that a Role of the manifests names. A ClusterRole is the cluster's: it may be a newer or an older one than is known here. */
  public named(): AccessRequest[] {
    return this.access?.role.kind === 'Role' ? (this.rules ?? []).flatMap(requestsOf) : [];
  }

  /** The rights beyond those that are expected in a place, or nothing where everything may be. */
  public extra({ kind }: Place, found: readonly PolicyRule[]): AccessRequest[] | undefined {
    if (kind !== 'namespace') return beyond(found, DEFAULT_RULES);
    return this.rules && beyond(found, [...this.rules, ...DEFAULT_RULES]).filter((request) => !this.isAggregated(request));
  }

  /** The rights inside that come from custom resources, whose authors may add them to the ClusterRoles that people are given. */
  public aggregated(found: readonly PolicyRule[]): AccessRequest[] {
    return this.rules ? beyond(found, [...this.rules, ...DEFAULT_RULES]).filter((request) => this.isAggregated(request)) : [];
  }

  /** The rights that a ClusterRole has where this was written, and not on this server. */
  public lacking(found: readonly PolicyRule[]): AccessRequest[] {
    return this.access?.role.kind === 'ClusterRole' ? beyond(this.rules ?? [], found) : [];
  }

  private isAggregated(request: AccessRequest): boolean {
    return this.access?.role.kind === 'ClusterRole' && !('path' in request) && !BUILT_IN.has(request.group);
  }
}

/** The API server's own groups, and the wildcard. Others under k8s.io, such as metrics.k8s.io, are added to a cluster as custom resources are. */
const BUILT_IN = new Set([
  '*', '', 'apps', 'autoscaling', 'batch', 'extensions', 'policy',
  ...['admissionregistration', 'apiextensions', 'apiregistration', 'authentication', 'authorization', 'certificates', 'coordination', 'discovery', 'events',
    'flowcontrol.apiserver', 'internal.apiserver', 'networking', 'node', 'rbac.authorization', 'resource', 'scheduling', 'storage', 'storagemigration'].map((name) => `${name}.k8s.io`),
]);

function verdict(allowed: boolean): 'allowed' | 'denied' {
  return allowed ? 'allowed' : 'denied';
}

/**
 * Whether two requests are the same one.
 */
export function sameRequest(a: AccessRequest, b: AccessRequest): boolean {
  if ('path' in a || 'path' in b) return 'path' in a && 'path' in b && a.path === b.path && a.verb === b.verb;
  return a.verb === b.verb && a.group === b.group && a.resource === b.resource && a.subresource === b.subresource && a.name === b.name;
}
