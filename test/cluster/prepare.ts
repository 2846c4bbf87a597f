import { controlPlanePrograms, kwok } from './programs';
import { realNode } from './real-node';
import { prepareRunner } from '../gitlab-ci/gitlab-ci-local';
import { RUBY } from '../gitlab-ci/psych';
import { TOOLS } from '../gitlab-ci/site-delivery';
import { CHROMIUM } from '../support/browser';
import { kubectl } from '../support/kubectl';
import { SHELLCHECK, SHELL_PACKAGES } from '../support/shells';

// Before jest starts, since its workers would each compile and install.
controlPlanePrograms();
kwok();
kubectl();
// Without root there is no node and no pipeline, and the tests that need one say so.
if (process.getuid?.() === 0) {
  prepareRunner({ ...TOOLS, ...RUBY, ...SHELL_PACKAGES, ...SHELLCHECK, ...CHROMIUM });
  realNode();
}
