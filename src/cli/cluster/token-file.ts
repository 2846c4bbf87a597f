import type { Credentials } from './connection';
import { sendableToken } from './token';
import { decodeText } from '../../base/text-file';
import type { Files } from '../io/files';

/**
 * The token in a file, read before each request: whoever writes it may replace it at any time.
 */
export function tokenFileCredentials(files: Pick<Files, 'read'>, file: string): Credentials {
  return {
    description: `the token in ${file}`,
    present: async () => ({ token: sendableToken(file, decodeText(await files.read(file), file)) }),
  };
}
