const { relative } = require('node:path');
const { TestEnvironment } = require('jest-environment-node');

/** Node loads this module once for each worker, so all its test files share the control plane. */
let shared;

/**
 * Jest environment: that of Node, with a control plane that test files share. `share()` in `shared-cluster.ts` starts it.
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

/** Loads TypeScript only when a test file needs it. Jest transforms only the modules that test files load. */
function load() {
  const { SharedControlPlane } = require('tsx/cjs/api').require('./shared-control-plane.ts', __filename);
  return new SharedControlPlane(process.env.NAMESPACE_CLAIMS);
}

module.exports = ClusterEnvironment;
