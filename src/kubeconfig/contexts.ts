import { clusterParts, ClusterParts, referencedEntry, checkVerified } from './entries';
import { entries, Entry, entryNamed, readKubeconfigFile, textField } from './file';
import { located, userError } from '../base/user-error';

/**
 * The text of a kubeconfig and the name of its file.
 */
export interface KubeconfigText {
  readonly file: string;
  readonly text: string;
}

/**
 * An entry and the file that contains it. Relative paths in the entry start at the folder of that file.
 */
export interface FiledEntry extends Entry {
  readonly file: string;
}

/**
 * A context with its cluster and its user.
 */
export interface ChosenContext {
  readonly context: FiledEntry;
  readonly cluster: FiledEntry;
  readonly user: FiledEntry;
}

/**
 * Merges several kubeconfigs and chooses a context. As in kubectl, the first of several entries with the same name counts.
 *
 * @param name The context. By default, it is the `current-context` of the first file that has one.
 * @see https://kubernetes.io/docs/concepts/configuration/organize-cluster-access-kubeconfig/#merging-kubeconfig-files
 */
export function chooseContext(files: readonly KubeconfigText[], name?: string): ChosenContext {
  const read = files.map(({ file, text }) => inFile(file, () => partsOf(file, text)));
  const chosen = name ?? read.map(({ current }) => current).find((current) => current !== '') ?? noContext(files);
  const contexts = firstOfEach(read.flatMap((parts) => parts.contexts));
  const context = entryNamed(contexts, chosen, name === undefined ? 'current-context' : '--context') as FiledEntry;
  return inFile(context.file, () => ({
    context,
    cluster: referencedEntry(context, 'cluster', firstOfEach(read.flatMap((parts) => parts.clusters))) as FiledEntry,
    user: referencedEntry(context, 'user', firstOfEach(read.flatMap((parts) => parts.users))) as FiledEntry,
  }));
}

/**
 * Reads a cluster entry, and the path of its CA file when the kubeconfig does not contain the CA.
 */
export function fileOfCluster({ file, ...cluster }: FiledEntry): ClusterParts & { readonly certificateAuthority?: string } {
  return inFile(file, () => {
    const certificateAuthority = textField(cluster.body, 'certificate-authority') || undefined;
    return { ...clusterParts(cluster), certificateAuthority };
  });
}

/**
 * Runs an action and adds the name of the file to its user errors.
 */
export function inFile<T>(file: string, action: () => T): T {
  try {
    return action();
  } catch (error) {
    throw located(file, error);
  }
}

interface Parts {
  readonly current: string;
  readonly contexts: FiledEntry[];
  readonly clusters: FiledEntry[];
  readonly users: FiledEntry[];
}

function partsOf(file: string, text: string): Parts {
  const root = readKubeconfigFile(text);
  const inThisFile = (list: string, body: string) => entries(root, list, body).map((entry) => ({ ...entry, file }));
  return {
    current: textField(root, 'current-context') ?? '',
    contexts: inThisFile('contexts', 'context'),
    clusters: inThisFile('clusters', 'cluster'),
    users: inThisFile('users', 'user'),
  };
}

function firstOfEach(all: readonly FiledEntry[]): FiledEntry[] {
  const names = new Set<string>();
  return all.filter(({ name }) => !names.has(name) && names.add(name));
}

function noContext(files: readonly KubeconfigText[]): never {
  const given = 'current-context is not set';
  throw userError({ at: files.map(({ file }) => file).join(', '), given, expected: 'the context to use', fix: 'name it with --context' });
}

/**
 * The cluster of an administrator's kubeconfig, for a new kubeconfig.
 */
export interface ReferenceCluster extends ClusterParts {
  /** The path of the CA file, relative to the folder of the kubeconfig. The caller embeds the file. */
  readonly certificateAuthorityFile?: string;
}

/**
 * Reads the cluster of a context from an administrator's kubeconfig. It does not read the users (exec plugins, client certificates, passwords),
 * so a new kubeconfig cannot contain their credentials.
 *
 * @param context The context, by default the current one.
 */
export function referenceCluster(text: string, context?: string): ReferenceCluster {
  const root = readKubeconfigFile(text);
  const contexts = entries(root, 'contexts', 'context');
  const name = context ?? textField(root, 'current-context') ?? '';
  if (name === '') {
    throw userError({ at: 'current-context', given: 'it is not set', expected: 'the context whose cluster to use', fix: 'name it with --context' });
  }
  const cluster = referencedEntry(entryNamed(contexts, name, context === undefined ? 'current-context' : 'context'), 'cluster', entries(root, 'clusters', 'cluster'));
  checkVerified(cluster);
  const parts = clusterParts(cluster);
  const certificateAuthorityFile = parts.certificateAuthorityData ? undefined : textField(cluster.body, 'certificate-authority') || undefined;
  return { ...parts, certificateAuthorityFile };
}
