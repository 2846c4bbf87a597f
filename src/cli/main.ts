#!/usr/bin/env node
import { runCommandLine } from './cli';
import { ExitCode } from './exit-code';
import { Interrupted } from './failure';
import type { Clock } from './host';
import { StandardOutput } from './standard-output';
import { ciVariables } from '../private/ci-variables';

const clock: Clock = {
  now: () => Date.now(),
  sleep: (milliseconds, signal) => new Promise((resolve, reject) => {
    if (signal?.aborted) return reject(signal.reason);
    const ended = () => {
      clearTimeout(timer);
      reject(signal?.reason);
    };
    const timer = setTimeout(() => {
      signal?.removeEventListener('abort', ended);
      resolve();
    }, milliseconds);
    signal?.addEventListener('abort', ended, { once: true });
  }),
};

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
  clock,
  signal: abort.signal,
}).then((code: ExitCode) => {
  process.exitCode = code;
});
