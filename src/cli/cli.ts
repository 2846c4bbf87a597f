import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ExitCode, Failure } from './base/failure';
import type { Host } from './base/host';
import { nearest, parseArguments } from './command-line/arguments';
import { commandHelp, overview } from './command-line/help';
import { Files } from './io/files';
import { SafeOutput } from './io/safe-output';
import { UnwritableOutput } from './io/standard-output';
import { COMMANDS } from './lazy-commands';
import { secrets } from '../base/secrets';
import { UserError, userError, show } from '../base/user-error';
import { secretVariables } from '../gitlab/ci-variables';

/**
 * Runs a command line and returns its exit code. A failure is one line on standard error; a bug prints its stack, too.
 *
 * @param argv The arguments after the name of the program.
 */
export async function runCommandLine(argv: string[], host: Host): Promise<ExitCode> {
  const [stdout, stderr] = [new SafeOutput(host.stdout), new SafeOutput(host.stderr)];
  secrets.add(...secretVariables(host.variables));
  try {
    return await dispatch(argv, host, stdout, stderr);
  } catch (error) {
    return reportError(error, stderr);
  }
}

async function dispatch([name, ...rest]: string[], host: Host, stdout: SafeOutput, stderr: SafeOutput): Promise<ExitCode> {
  if (name === undefined) return print(overview(COMMANDS), stderr, ExitCode.USAGE);
  if (['--help', '-h', 'help'].includes(name)) return print(overview(COMMANDS), stdout);
  if (name === '--version') return print(`${version()}\n`, stdout);
  const command = (COMMANDS.get(name) ?? unknownCommand(name))();
  if (wantsHelp(rest)) return print(commandHelp(command), stdout);
  const { variables, cwd, clock, signal } = host;
  return command.run({ stdout, stderr, variables, cwd, clock, signal, args: parseArguments(rest, command), files: new Files(host) });
}

function wantsHelp(args: string[]): boolean {
  const end = args.indexOf('--');
  return args.slice(0, end < 0 ? undefined : end).some((arg) => arg === '--help' || arg === '-h');
}

function print(text: string, output: SafeOutput, code = ExitCode.DONE): ExitCode {
  output.write(text);
  return code;
}

function unknownCommand(name: string): never {
  const names = [...COMMANDS.keys()];
  const similar = nearest(name, names);
  throw userError({
    given: /^[\w-]{1,30}$/.test(name) ? `unknown command ${show(name)}` : 'the first argument is not a command',
    expected: names.join(', '),
    fix: similar ? `did you mean ${similar}?` : 'see cdk8s-ci-deploy --help',
  });
}

function reportError(error: unknown, stderr: SafeOutput): ExitCode {
  if (error instanceof UnwritableOutput) return print(`cdk8s-ci-deploy: cannot write the result: ${error.message}\n`, stderr, ExitCode.NO);
  if (error instanceof Failure) return print(`cdk8s-ci-deploy: ${error.message}\n`, stderr, error.exitCode);
  if (error instanceof UserError) return print(`cdk8s-ci-deploy: ${error.message}\n`, stderr, ExitCode.USAGE);
  const stack = error instanceof Error ? error.stack ?? error.message : String(error);
  return print(`cdk8s-ci-deploy: this is a bug; please report it with these lines\n${stack}\n`, stderr, ExitCode.NO);
}

/** The bundle defines it: a copy of the bundle may lie below the package.json of another package. */
declare const PACKAGE_VERSION: string;

function version(): string {
  if (typeof PACKAGE_VERSION === 'string') return PACKAGE_VERSION;
  return JSON.parse(readFileSync(join(__dirname, '..', '..', 'package.json'), 'utf8')).version;
}
