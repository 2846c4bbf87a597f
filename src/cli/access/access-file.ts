import type { Access } from './access';
import { readAccess } from './read-access';
import { decodeText } from '../../base/text-file';
import type { Context } from '../command-line/command';

/**
 * The access manifests of a file, or of standard input.
 */
export async function readAccessFile({ args, files }: Pick<Context, 'args' | 'files'>, file: string): Promise<Access> {
  const called = file === '-' ? 'standard input' : file;
  return readAccess(decodeText(await files.read(file), called), called, { allowProtectedNamespace: args.has('allow-protected-namespace') });
}
