#!/usr/bin/env node
import { runCommandLine } from './cli';
import { StandardOutput } from './standard-output';
import { ciVariables } from '../private/ci-variables';

void runCommandLine(process.argv.slice(2), {
  // Opening it costs time, so it is opened when it is read.
  get stdin() { return process.stdin; },
  stdout: new StandardOutput(1, () => process.stdout),
  stderr: new StandardOutput(2, () => process.stderr),
  variables: ciVariables(),
  cwd: process.cwd(),
}).then((code) => {
  process.exitCode = code;
});
