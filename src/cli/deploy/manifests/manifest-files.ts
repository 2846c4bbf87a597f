import { decodeText } from '../../../base/text-file';
import { userError } from '../../../base/user-error';
import type { Files } from '../../io/files';

/**
 * A file of manifests.
 */
export interface ManifestFile {
  /** As it is called in errors. */
  readonly name: string;
  readonly text: string;
}

/**
 * The names of the files that are meant: files as they are, of folders what is YAML or JSON by its name, in the order of names, as kubectl takes it.
 */
export function manifestFiles(names: readonly string[], files: Files, recursive: boolean): string[] {
  return names.flatMap((name) => (name === '-' ? [name] : below(name, files, recursive) ?? [name]));
}

/**
 * The text of a file, or of standard input (`-`).
 */
export async function readManifestFile(name: string, files: Files): Promise<ManifestFile> {
  const called = name === '-' ? 'standard input' : name;
  if (name === '-' && files.stdinIsTerminal) {
    throw userError({ at: called, given: 'it is a terminal', expected: 'manifests on standard input', fix: 'name files, or pipe the manifests in' });
  }
  return { name: called, text: decodeText(await files.read(name), called) };
}

function below(folder: string, files: Files, recursive: boolean): string[] | undefined {
  const entries = files.list(folder);
  return entries?.flatMap(({ name, isFolder }) => {
    if (isFolder) return recursive ? below(name, files, recursive) ?? [] : [];
    return /\.(?:ya?ml|json)$/.test(name) ? [name] : [];
  });
}
