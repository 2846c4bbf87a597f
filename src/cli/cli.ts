import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ExitCode, Failure } from './base/failure';
import type { Host } from './base/host';
import { parseArguments } from './command-line/arguments';
import { nearest } from './command-line/choices';
import type { Command } from './command-line/command';
import { commandHelp, overview } from './command-line/help';
import { Files } from './io/files';
import { SafeOutput } from './io/safe-output';
import { UnwritableOutput } from './io/standard-output';
import { COMMANDS } from './lazy-commands';
import { secrets } from '../base/secrets';
import { UserError, show } from '../base/user-error';
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
  if (isHelp(name) || name === 'help') return print(helpOf(rest.filter((word) => !isHelp(word))), stdout);
  if (name === '--version') return print(`${version()}\n`, stdout);
  const command = commandOf(name);
  if (wantsHelp(rest)) return print(commandHelp(command), stdout);
  const { variables, cwd, clock, signal } = host;
  return command.run({ stdout, stderr, variables, cwd, clock, signal, args: parseArguments(rest, command), files: new Files(host) });
}

function isHelp(word: string): boolean {
  return word === '--help' || word === '-h';
}

function wantsHelp(args: string[]): boolean {
  const end = args.indexOf('--');
  return args.slice(0, end < 0 ? undefined : end).some(isHelp);
}

function helpOf([name]: string[]): string {
  return name === undefined || name === 'help' ? overview(COMMANDS) : commandHelp(commandOf(name));
}

function commandOf(name: string): Command {
  return (COMMANDS.get(name) ?? unknownCommand(name))();
}

function print(text: string, output: SafeOutput, code = ExitCode.DONE): ExitCode {
  output.write(text);
  return code;
}

/** An argument that is neither the name of a command nor of an option may be a secret, so the error does not show it. */
function unknownCommand(name: string): never {
  if (/^--?[a-z]/.test(name)) throw new UserError(`options follow the command: cdk8s-ci-deploy COMMAND ${show(/^--?[a-z-]{1,30}/.exec(name)?.[0])}. See cdk8s-ci-deploy --help.`);
  const given = /^[\w-]{1,30}$/.test(name) ? `unknown command ${show(name)}` : 'the first argument is not a command';
  const names = [...COMMANDS.keys()];
  const similar = nearest(name, names);
  throw new UserError(`${given}. ${similar ? `Did you mean ${similar}?` : `The commands are ${names.join(', ')}.`}`);
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
