import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ExitCode } from './base/exit-code';
import { Failure } from './base/failure';
import type { Host } from './base/host';
import { parseArguments } from './command-line/arguments';
import { commandHelp, overview } from './command-line/help';
import { nearest } from './command-line/nearest';
import { Files } from './io/files';
import { UnwritableOutput } from './io/standard-output';
import { COMMANDS } from './lazy-commands';
import { UserError, userError, show } from '../base/user-error';

/**
 * Runs the command line and says how it ended. Mistakes of the user are one line on stderr; anything else is a bug and comes with its stack.
 *
 * @param argv What follows the name of the program.
 */
export async function runCommandLine(argv: string[], host: Host): Promise<ExitCode> {
  try {
    return await dispatch(argv, host);
  } catch (error) {
    return complain(error, host);
  }
}

async function dispatch([name, ...rest]: string[], host: Host): Promise<ExitCode> {
  if (name === undefined) return say(overview(COMMANDS), host.stderr, ExitCode.USAGE);
  if (['--help', '-h', 'help'].includes(name)) return say(overview(COMMANDS), host.stdout);
  if (name === '--version') return say(`${version()}\n`, host.stdout);
  const command = (COMMANDS.get(name) ?? unknownCommand(name))();
  if (wantsHelp(rest)) return say(commandHelp(command), host.stdout);
  const { stdout, stderr, variables, cwd, clock, signal } = host;
  return command.run({ stdout, stderr, variables, cwd, clock, signal, args: parseArguments(rest, command), files: new Files(host) });
}

function wantsHelp(args: string[]): boolean {
  const end = args.indexOf('--');
  return args.slice(0, end < 0 ? undefined : end).some((arg) => arg === '--help' || arg === '-h');
}

function say(text: string, output: Host['stdout'], code = ExitCode.DONE): ExitCode {
  output.write(text);
  return code;
}

function unknownCommand(name: string): never {
  const names = [...COMMANDS.keys()];
  const similar = nearest(name, names);
  throw userError({
    given: /^[\w-]{1,30}$/.test(name) ? `there is no command ${show(name)}` : 'the first argument is no command',
    expected: names.join(', '),
    fix: similar ? `did you mean ${similar}?` : 'see cdk8s-ci-deploy --help',
  });
}

function complain(error: unknown, { stderr }: Host): ExitCode {
  if (error instanceof UnwritableOutput) return say(`cdk8s-ci-deploy: the result cannot be written: ${error.message}\n`, stderr, ExitCode.NO);
  if (error instanceof Failure) return say(`cdk8s-ci-deploy: ${error.message}\n`, stderr, error.exitCode);
  if (error instanceof UserError) return say(`cdk8s-ci-deploy: ${error.message}\n`, stderr, ExitCode.USAGE);
  const stack = error instanceof Error ? error.stack ?? error.message : String(error);
  return say(`cdk8s-ci-deploy: this is a bug; please report it with these lines\n${stack}\n`, stderr, ExitCode.NO);
}

/** The bundle has the version in it: above a copy of the file there may be the package.json of somebody else. */
declare const PACKAGE_VERSION: string;

function version(): string {
  if (typeof PACKAGE_VERSION === 'string') return PACKAGE_VERSION;
  return JSON.parse(readFileSync(join(__dirname, '..', '..', 'package.json'), 'utf8')).version;
}
