/**
 * A folder below src/, and the folders that its files may import.
 */
export interface Room {
  readonly folder: string;
  readonly mayImport: readonly string[];
}

const LIBRARY: readonly Room[] = [
  { folder: 'base', mayImport: [] },
  { folder: 'kubernetes', mayImport: ['base'] },
  { folder: 'gitlab', mayImport: ['base', 'kubernetes'] },
  { folder: 'yaml', mayImport: ['base', 'kubernetes'] },
  { folder: 'image', mayImport: ['base', 'gitlab'] },
  { folder: 'kubeconfig', mayImport: ['base', 'kubernetes', 'yaml'] },
  { folder: 'release', mayImport: ['base', 'kubernetes'] },
  { folder: 'access', mayImport: ['base', 'kubernetes', 'gitlab', 'yaml', 'release'] },
  { folder: 'workload', mayImport: ['base', 'kubernetes', 'gitlab', 'yaml', 'image', 'release', 'access'] },
];

/** Never access or workload: the three programs of a project share values, not constructs. */
const BELOW_PIPELINE = ['base', 'kubernetes', 'gitlab', 'yaml', 'image', 'kubeconfig'];

const PIPELINE = inOrder(BELOW_PIPELINE, [
  'pipeline/jobs', 'pipeline/credentials', 'pipeline/targets', 'pipeline/images', 'pipeline/deploy', 'pipeline/rotation', 'pipeline/model',
  'pipeline/component', 'pipeline/checks', 'pipeline',
]);

const LIBRARY_FOLDERS = foldersOf([...LIBRARY, ...PIPELINE]);

const CLIENTS = inOrder(LIBRARY_FOLDERS, ['cli/base', 'cli/io', 'cli/command-line', 'cli/http', 'cli/cluster', 'cli/gitlab']);

const BELOW_FEATURES = [...LIBRARY_FOLDERS, ...foldersOf(CLIENTS)];

const CREDENTIALS = inOrder(BELOW_FEATURES, [
  'cli/access', 'cli/access/oidc', 'cli/verify', 'cli/credentials', 'cli/revoke', 'cli/kubeconfig',
]);

const INIT_AND_PIPELINE: readonly Room[] = [
  { folder: 'cli/init', mayImport: BELOW_FEATURES },
  { folder: 'cli/pipeline/project', mayImport: [...BELOW_FEATURES, 'cli/credentials'] },
  { folder: 'cli/pipeline', mayImport: [...BELOW_FEATURES, 'cli/pipeline/project'] },
  { folder: 'cli/render', mayImport: BELOW_FEATURES },
];

/** The phases of a deployment, in the order in which they run. */
const DEPLOY = inOrder(BELOW_FEATURES, [
  'cli/deploy/objects', 'cli/deploy/history', 'cli/deploy/lock', 'cli/deploy/prune', 'cli/deploy/manifests', 'cli/deploy/plan', 'cli/deploy/wait',
  'cli/deploy/apply', 'cli/deploy/pull-secret', 'cli/deploy/report', 'cli/deploy/rollback', 'cli/deploy',
]);

const FEATURES = [...CREDENTIALS, ...INIT_AND_PIPELINE, ...DEPLOY];

/**
 * All folders below src/. A folder imports only folders that stand above it, and a folder and its parent are two.
 */
export const LAYOUT: readonly Room[] = [
  ...LIBRARY,
  ...PIPELINE,
  ...CLIENTS,
  ...FEATURES,
  { folder: 'cli/commands', mayImport: [...BELOW_FEATURES, ...foldersOf(FEATURES)] },
  { folder: 'cli', mayImport: [...BELOW_FEATURES, 'cli/commands'] },
];

/** Each folder may import those before it. */
function inOrder(below: readonly string[], folders: readonly string[]): Room[] {
  return folders.map((folder, index) => ({ folder, mayImport: [...below, ...folders.slice(0, index)] }));
}

function foldersOf(rooms: readonly Room[]): string[] {
  return rooms.map(({ folder }) => folder);
}
