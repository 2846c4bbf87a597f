import { image } from './application';
import type { Outcome } from './job';
import type { Site } from './site';

const PARTS = ['serviceaccounts/web', 'configmaps/web', 'services/web', 'deployments/web'];
const NOT_OURS = new Set(['web', 'kube-root-ca.crt']);

/** `3 written, its Secret, exit 1`: what of an application is there, and what its tool has left besides. */
export async function writtenOf(site: Site, { status }: Outcome): Promise<string> {
  const parts = (await Promise.all(PARTS.map(async (part) => site.find(part)))).filter(Boolean).length;
  const left = (await Promise.all(['ConfigMap', 'Secret', 'Lease'].map(async (kind) => {
    const names = await site.names(`${kind.toLowerCase()}s`);
    // An ApplySet's parent has the name that it is given.
    return names.some((name) => !NOT_OURS.has(name) || kind === 'Secret') ? [kind] : [];
  }))).flat();
  return [parts === 0 ? 'none' : `${parts} written`, ...left.length > 0 ? [`its ${left.join(', ')}`] : [], ...exit(status)].join(', ');
}

/** `new image, exit 1`: which version is to run. */
export async function versionOf(site: Site, { status }: Outcome): Promise<string> {
  return [VERSIONS[await site.image() ?? ''] ?? 'no image', ...exit(status)].join(', ');
}

export function yesOrNo(value: boolean): string {
  return value ? 'yes' : 'no';
}

const VERSIONS: Readonly<Record<string, string>> = { [image('1')]: 'old image', [image('2')]: 'new image' };

function exit(status: number | null): string[] {
  return [`exit ${status}`];
}
