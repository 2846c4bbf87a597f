#!/usr/bin/env node
import { runCommandLine } from './cli';
import { systemClock } from './clock';
import { ExitCode } from './exit-code';
import { Interrupted } from './failure';
import { StandardOutput } from './standard-output';
import { ciVariables } from '../private/ci-variables';

const abort = new AbortController();
for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.on(signal, () => {
    const reason = new Interrupted(signal);
    // Whoever asks twice does not want to wait for the end of what is under way.
    if (abort.signal.aborted) process.exit(reason.exitCode);
    abort.abort(reason);
  });
}

void runCommandLine(process.argv.slice(2), {
  // Opening it costs time, so it is opened when it is read.
  get stdin() {
    abort.signal.addEventListener('abort', () => process.stdin.destroy(abort.signal.reason), { once: true });
    return process.stdin;
  },
  stdout: new StandardOutput(1, () => process.stdout),
  stderr: new StandardOutput(2, () => process.stderr),
  variables: ciVariables(),
  cwd: process.cwd(),
  clock: systemClock,
  signal: abort.signal,
}).then((code: ExitCode) => {
  process.exitCode = code;
});
