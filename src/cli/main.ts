#!/usr/bin/env node
import { ExitCode } from './base/exit-code';
import { Interrupted } from './base/failure';
import { runCommandLine } from './cli';
import { systemClock } from './io/clock';
import { StandardOutput } from './io/standard-output';
import { ciVariables } from '../gitlab/ci-variables';

const abort = new AbortController();
for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.on(signal, () => {
    const reason = new Interrupted(signal);
    // Whoever asks twice does not want to wait for the end of what is under way.
    if (abort.signal.aborted) process.exit(reason.exitCode);
    abort.abort(reason);
  });
}

let opened: typeof process.stdin | undefined;

/** Opening it costs time, so it is opened when it is looked at. */
function stdin(): typeof process.stdin {
  if (opened) return opened;
  opened = process.stdin;
  // Whoever reads is told all the same; when nobody does, as when it was only asked whether it is a terminal, the process must not end by it.
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
  // Someone who was asked could go on typing, and the process would wait for it.
  opened?.destroy();
});
