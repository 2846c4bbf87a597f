/**
 * Whether a release, as GitLab names it (`17.4.2-ee`), is this one or a later one. Of one that is not known, nothing can be said.
 *
 * @param least `17.4`.
 */
export function isAtLeast(release: string | undefined, least: string): boolean | undefined {
  const [, major, minor] = /^(\d+)\.(\d+)/.exec(release ?? '') ?? [];
  if (major === undefined || minor === undefined) return undefined;
  const [leastMajor, leastMinor] = least.split('.').map(Number);
  return Number(major) === leastMajor ? Number(minor) >= Number(leastMinor) : Number(major) > Number(leastMajor);
}
