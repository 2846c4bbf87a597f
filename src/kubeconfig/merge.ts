import { clusterParts, ClusterParts, referred } from './entries';
import { entries, Entry, entryNamed, readKubeconfigFile, textField } from './file';
import { located, userError } from '../base/user-error';

/**
 * A kubeconfig and the name of its file.
 */
export interface KubeconfigText {
  readonly file: string;
  readonly text: string;
}

/**
 * An entry and the file that it stands in: relative names in it start at the folder of that file.
 */
export interface FiledEntry extends Entry {
  readonly file: string;
}

/**
 * What one context stands for.
 */
export interface ChosenContext {
  readonly context: FiledEntry;
  readonly cluster: FiledEntry;
  readonly user: FiledEntry;
}

/**
 * One context of several kubeconfigs that are read as one: of entries with the same name the first counts, as for kubectl.
 *
 * @param name The context; by default the current one, which is that of the first file that names one.
 * @see https://kubernetes.io/docs/concepts/configuration/organize-cluster-access-kubeconfig/#merging-kubeconfig-files
 */
export function chooseContext(files: readonly KubeconfigText[], name?: string): ChosenContext {
  const read = files.map(({ file, text }) => inFile(file, () => partsOf(file, text)));
  const chosen = name ?? read.map(({ current }) => current).find((current) => current !== '') ?? noContext(files);
  const contexts = firstOfEach(read.flatMap((parts) => parts.contexts));
  const context = entryNamed(contexts, chosen, name === undefined ? 'current-context' : '--context') as FiledEntry;
  return inFile(context.file, () => ({
    context,
    cluster: referred(context, 'cluster', firstOfEach(read.flatMap((parts) => parts.clusters))) as FiledEntry,
    user: referred(context, 'user', firstOfEach(read.flatMap((parts) => parts.users))) as FiledEntry,
  }));
}

/**
 * The cluster, and the file with its CA if that is not in the kubeconfig itself.
 */
export function fileOfCluster({ file, ...cluster }: FiledEntry): ClusterParts & { readonly certificateAuthority?: string } {
  return inFile(file, () => {
    const certificateAuthority = textField(cluster.body, 'certificate-authority') || undefined;
    return { ...clusterParts(cluster), certificateAuthority };
  });
}

/**
 * Says of a refusal which file it is about.
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
  const filed = (list: string, body: string) => entries(root, list, body).map((entry) => ({ ...entry, file }));
  return {
    current: textField(root, 'current-context') ?? '',
    contexts: filed('contexts', 'context'),
    clusters: filed('clusters', 'cluster'),
    users: filed('users', 'user'),
  };
}

function firstOfEach(all: readonly FiledEntry[]): FiledEntry[] {
  return all.filter(({ name }, index) => all.findIndex((other) => other.name === name) === index);
}

function noContext(files: readonly KubeconfigText[]): never {
  const given = 'no context is the current one';
  throw userError({ at: files.map(({ file }) => file).join(', '), given, expected: 'the one that is meant', fix: 'name it by --context' });
}
