/**
 * An API group and a version in it.
 */
export interface ApiVersion {
  /** Empty for the core group. */
  readonly group: string;
  readonly version: string;
}

/**
 * Parses an `apiVersion`: `apps/v1` is the version `v1` of the group `apps`, `v1` that of the core group.
 */
export function parseApiVersion(apiVersion: string): ApiVersion {
  const slash = apiVersion.indexOf('/');
  return slash === -1 ? { group: '', version: apiVersion } : { group: apiVersion.slice(0, slash), version: apiVersion.slice(slash + 1) };
}
