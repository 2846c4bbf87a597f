const { relative } = require('node:path');
const { TestEnvironment } = require('jest-environment-node');

/** This module is loaded once in a worker, so this is one for all test files of it. */
let shared;

/**
 * Jest environment: Node's, and a control plane that test files share. `share()` in `shared-cluster.ts` asks for it.
 */
class ClusterEnvironment extends TestEnvironment {
  constructor(config, context) {
    super(config, context);
    this.testFile = relative(config.globalConfig.rootDir, context.testPath);
  }

  async setup() {
    await super.setup();
    this.global.giveControlPlane = async () => {
      shared ??= load();
      return shared.give(this.testFile);
    };
  }

  async teardown() {
    try {
      shared?.takeBack(this.testFile);
    } finally {
      await super.teardown();
    }
  }
}

/** Most test files need none of it. Jest only transforms what they load themselves. */
function load() {
  const { SharedControlPlane } = require('tsx/cjs/api').require('./shared-control-plane.ts', __filename);
  return new SharedControlPlane(process.env.NAMESPACE_CLAIMS);
}

module.exports = ClusterEnvironment;
