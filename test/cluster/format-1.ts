import { gunzipSync, gzipSync } from 'node:zlib';
import { Deployer } from './deployer';
import { FIELD_MANAGER, OWNER_LABEL, ownerId, releaseName } from '../../src/release/release-names';

const KINDS = 'configmaps,secrets,serviceaccounts,services,deployments';

/**
 * Changes an application as if a command with record format 1 had deployed it. In that format all applications share one field manager.
 */
export function asOfFormat1({ admin, namespace }: Deployer, app: string): void {
  const identity = { project: 'local', environment: 'production', app };
  const { items } = JSON.parse(admin('get', KINDS, '-l', `${OWNER_LABEL}=${ownerId(identity, namespace)}`, '-o', 'json', '--show-managed-fields'));
  for (const { kind, metadata } of items) {
    const shared = (entry: Entry) => (entry.manager === releaseName(identity) ? { ...entry, manager: FIELD_MANAGER } : entry);
    const managedFields = metadata.managedFields.map(shared);
    admin('patch', kind, metadata.name, '--type=merge', '-p', JSON.stringify({ metadata: { managedFields } }));
  }
  const secret = releaseName(identity);
  const packed = Buffer.from(admin('get', 'secret', secret, '-o', 'jsonpath={.data.record}'), 'base64');
  const { formerly, ...record } = JSON.parse(gunzipSync(packed).toString());
  if (record.format !== 2 || !Array.isArray(formerly)) throw new Error('the record does not have format 2');
  const changed = gzipSync(JSON.stringify({ ...record, format: 1 })).toString('base64');
  admin('patch', 'secret', secret, '--type=merge', '-p', JSON.stringify({ data: { record: changed } }));
}

interface Entry {
  readonly manager: string;
}
