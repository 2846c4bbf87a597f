#!/usr/bin/env node
import { ExitCode, Interrupted } from './base/failure';
import { runCommandLine } from './cli';
import { systemClock } from './io/clock';
import { StandardOutput } from './io/standard-output';
import { ciVariables } from '../gitlab/ci-variables';

const abort = new AbortController();
for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.on(signal, () => {
    const reason = new Interrupted(signal);
    // After a second signal, do not wait for the request that is running.
    if (abort.signal.aborted) process.exit(reason.exitCode);
    abort.abort(reason);
  });
}

let opened: typeof process.stdin | undefined;

/** Opening standard input takes a while, so the first use opens it. */
function stdin(): typeof process.stdin {
  if (opened) return opened;
  opened = process.stdin;
  // A reader gets the error from its iterator. Without a reader, as for a mere check for a terminal, the error must not end the process.
  opened.on('error', () => undefined);
  abort.signal.addEventListener('abort', () => opened?.destroy(abort.signal.reason), { once: true });
  return opened;
}

void runCommandLine(process.argv.slice(2), {
  get stdin() {
    return stdin();
  },
  stdout: new StandardOutput(1, () => process.stdout),
  stderr: new StandardOutput(2, () => process.stderr),
  variables: ciVariables(),
  cwd: process.cwd(),
  clock: systemClock,
  signal: abort.signal,
}).then((code: ExitCode) => {
  process.exitCode = code;
  // An open terminal would keep the process running.
  opened?.destroy();
});
