const path = require('node:path');
const { default: Sequencer } = require('@jest/test-sequencer');

/**
 * The seconds of slow test files and of each kind. They only decide the order, on machines where jest has not measured the files yet.
 */
const FILES = new Map([
  ['deploy-killed.cluster', 300],
  ['killed.cluster', 240],
]);
const KINDS = new Map([['node', 90], ['cluster', 50], ['pipeline', 40], ['package', 30]]);

/**
 * Jest test sequencer: runs the slowest files first, so that all workers end at about the same time.
 */
class SlowFirst extends Sequencer {
  time(test) {
    return super.time(test) ?? 1000 * secondsOf(path.basename(test.path));
  }
}

function secondsOf(name) {
  const [, stem, kind] = /^(.*?(?:\.(\w+))?)\.test\.ts$/.exec(name) ?? [];
  return FILES.get(stem) ?? KINDS.get(kind) ?? 1;
}

module.exports = SlowFirst;
module.exports.slowFiles = [...FILES.keys()].map((stem) => `${stem}.test.ts`);
