/**
 * GitLab's limits for a dotenv report: those of a self-managed instance, which are the lowest.
 *
 * @see https://docs.gitlab.com/administration/instance_limits/#limit-dotenv-variables
 */
const LIMITS = { bytes: 5 * 1024, variables: 20 };

/**
 * A dotenv report that GitLab refuses. The runner prints the message in the log, and fails the job.
 */
export class DotenvRefused extends Error {}

/**
 * Reads a dotenv report as GitLab does: app/services/ci/parse_dotenv_artifact_service.rb. It knows no comments, empty lines or quotes.
 *
 * @throws `DotenvRefused`
 */
export function readDotenv(content: Buffer): Record<string, string> {
  if (content.length >= LIMITS.bytes) throw new DotenvRefused(`Dotenv Artifact Too Big. Maximum Allowable Size: ${LIMITS.bytes}`);
  const variables = new Map<string, string>();
  for (const line of content.toString('utf8').replace(/^\ufeff/, '').split(/(?<=\n)/).filter((part) => part !== '')) {
    const [, key, value] = /^([^\n]*?)=([^\n]*)/.exec(line) ?? [];
    if (key === undefined || value === undefined) throw new DotenvRefused('Invalid Format');
    variables.set(key.trim(), value.trim());
  }
  if (variables.size > LIMITS.variables) throw new DotenvRefused(`Dotenv files cannot have more than ${LIMITS.variables} variables`);
  for (const key of variables.keys()) {
    if (!/^[a-zA-Z0-9_]{1,255}$/.test(key)) throw new DotenvRefused('Validation failed: Key can contain only letters, digits and \'_\'.');
  }
  return Object.fromEntries(variables);
}
