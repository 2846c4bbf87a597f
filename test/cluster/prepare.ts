import { controlPlanePrograms, kwok } from './programs';
import { realNode } from './real-node';
import { prepareRunner } from '../gitlab-ci/gitlab-ci-local';
import { RUBY } from '../gitlab-ci/psych';
import { TOOLS } from '../gitlab-ci/site-delivery';
import { gitlabRunner } from '../pipeline/runner/runner-program';
import { CHROMIUM } from '../support/browser';
import { kubectl } from '../support/kubectl';
import { COMPLETION_SHELLS, SHELLCHECK, SHELL_PACKAGES } from '../support/shells';

// This runs before jest starts, because otherwise each worker would compile and install.
controlPlanePrograms();
kwok();
kubectl();
// Without root there is no node and no pipeline. The tests that need one then fail with the reason.
if (process.getuid?.() === 0) {
  prepareRunner({ ...TOOLS, ...RUBY, ...SHELL_PACKAGES, ...COMPLETION_SHELLS, ...SHELLCHECK, ...CHROMIUM });
  realNode();
  gitlabRunner();
}
