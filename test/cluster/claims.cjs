const { mkdtempSync, rmSync } = require('node:fs');
const { tmpdir } = require('node:os');
const { join } = require('node:path');

/**
 * Jest global setup: creates a folder that all workers of this run share.
 *
 * @see SharedControlPlane
 */
module.exports = () => {
  process.env.NAMESPACE_CLAIMS = mkdtempSync(join(tmpdir(), 'namespaces-'));
  process.once('exit', () => rmSync(process.env.NAMESPACE_CLAIMS, { recursive: true, force: true }));
};
