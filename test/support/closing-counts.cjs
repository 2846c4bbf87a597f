const path = require('node:path');
const { inWords } = require('./duration-in-words.cjs');

/**
 * Jest reporter: prints one line with counts and time for each kind of test file at the end, the names of skipped tests, and the time of the run.
 *
 * The kind is the word before `.test.ts` (`*.kubectl.test.ts`), or else `unit`. CLOSING_COUNTS_WHERE is added to it for runs on another Node.
 */
class ClosingCounts {
  constructor({ maxWorkers }) {
    this.maxWorkers = maxWorkers;
  }

  onRunComplete(_contexts, { testResults, startTime }) {
    const counts = closingCounts(testResults, process.env.CLOSING_COUNTS_WHERE);
    const text = [...counts, `all tests: ${inWords(Date.now() - startTime)} with up to ${this.maxWorkers} workers`].join('\n');
    // Jest prints its own summary to stderr after all other reporters.
    process.once('exit', () => process.stderr.write(`\n${text}\n`));
  }
}

function closingCounts(files, where) {
  const kinds = new Map();
  for (const file of files) {
    const kind = kindOf(file.testFilePath);
    kinds.set(kind, add(kinds.get(kind) ?? { files: 0, milliseconds: 0, passed: 0, failed: 0, skipped: [] }, file));
  }
  const lines = [...kinds].sort(unitFirst).flatMap(([kind, counts]) => linesOf(where ? `${kind} ${where}` : kind, counts));
  return lines.length > 0 ? lines : ['no test ran'];
}

function kindOf(file) {
  return /\.(\w+)\.(?:test|spec)\.tsx?$/.exec(path.basename(file))?.[1] ?? 'unit';
}

function add(counts, file) {
  const skipped = file.testResults.filter((test) => !['passed', 'failed'].includes(test.status));
  // A file that could not be loaded has no failing test, but counts as a failure.
  const broken = file.testExecError && file.numFailingTests === 0 ? 1 : 0;
  return {
    files: counts.files + 1,
    milliseconds: counts.milliseconds + file.perfStats.runtime,
    passed: counts.passed + file.numPassingTests,
    failed: counts.failed + file.numFailingTests + broken,
    skipped: [...counts.skipped, ...skipped.map((test) => test.fullName)],
  };
}

function unitFirst([a], [b]) {
  return Number(b === 'unit') - Number(a === 'unit') || a.localeCompare(b);
}

function linesOf(title, { files, milliseconds, passed, failed, skipped }) {
  const time = `${inWords(milliseconds)} in ${files} ${files === 1 ? 'file' : 'files'}`;
  return [`${title}: ${passed} passed, ${failed} failed, ${skipped.length} skipped (${time})`, ...skipped.map((name) => `  skipped: ${name}`)];
}

module.exports = ClosingCounts;
module.exports.closingCounts = closingCounts;
