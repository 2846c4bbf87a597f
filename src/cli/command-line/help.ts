import type { Option } from './arguments';
import type { Command } from './command';

/** The options that every command has. */
const COMMON = new Map<string, Option>([['help', { summary: 'show this help' }]]);

/**
 * What the command as a whole does.
 */
export function overview(commands: ReadonlyMap<string, () => Command>): string {
  return [
    'Give GitLab CI one Kubernetes namespace, and nothing else.',
    '',
    'usage: cdk8s-ci-deploy COMMAND [ARGUMENTS]',
    '',
    ...table([...commands].map(([name, load]) => [name, load().summary])),
    '',
    ...table([['--help', 'show this help, or that of a command behind its name'], ['--version', 'show the version']]),
    '',
    'exit status: 0 done; 1 the answer is no; 2 wrong usage or input, nothing was written or contacted;',
    '  3 a server does not know the credential (401), or does not let it do this (403; what a policy of the cluster says to an object is 1);',
    '  4 unreachable or timed out, worth a retry; 130, 143 ended by SIGINT, SIGTERM',
    '',
  ].join('\n');
}

/**
 * What one command does.
 */
export function commandHelp(command: Command): string {
  const options = [...command.options, ...COMMON].map(([name, { takes, many, summary }]): [string, string] =>
    [takes ? `--${name} ${takes}` : `--${name}`, many ? `${summary} (repeatable)` : summary]);
  return [
    `usage: cdk8s-ci-deploy ${[command.name, ...command.operands].join(' ')} [OPTIONS]`,
    '',
    ...command.description,
    '',
    ...table(options),
    '',
  ].join('\n');
}

/**
 * Rows of two columns, indented.
 */
function table(rows: Array<[string, string]>): string[] {
  const width = Math.max(...rows.map(([first]) => first.length));
  return rows.map(([first, second]) => `  ${first.padEnd(width)}  ${second}`);
}
