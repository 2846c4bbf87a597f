import { needDebianPackages } from './debian';
import { HUGO } from './example-site';
import { controlPlanePrograms, kwok } from './programs';
import { realNode } from './real-node';

// Before jest starts, since its workers would each compile and install.
controlPlanePrograms();
kwok();
// Without root there is no node, and the tests that need one say so.
if (process.getuid?.() === 0) {
  needDebianPackages(HUGO);
  realNode();
}
