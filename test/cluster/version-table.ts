/**
 * The results of one test file.
 */
export interface SuiteResult {
  readonly file: string;
  readonly passed: number;
  readonly failed: number;
}

/**
 * A line of the table: a version, and the results of each area.
 */
export interface VersionRow {
  readonly version: string;
  readonly cells: readonly string[];
  readonly isPassed: boolean;
}

/** The areas of the table, by the names of test files. The first match counts. */
const AREAS: ReadonlyArray<readonly [name: string, pattern: RegExp]> = [
  ['id_tokens', /\/oidc/],
  ['deploy and rollback', /\/(?:deploy|record|wait|killed)/],
  ['rotate and revoke', /\/(?:rotate|revoke|short-lived)/],
  ['grant and verify', /\/(?:grant|verify|first-use|least|agent|audit|no-secrets|request-kubeconfig)/],
  ['others', /./],
];

const COLUMNS = ['Kubernetes', 'tested on', ...AREAS.map(([name]) => name)];

const INTRODUCTION = `# Versions of Kubernetes

\`npm run test:versions\` compiles the API server, the controller manager and the scheduler of each version, runs the cluster tests on them, and writes this
table. A cell says how many tests passed. A version without a line was not tested.
`;

/**
 * The newest patch of each minor version, and the newest version of all, without pre-releases. The oldest comes first.
 *
 * @param published Versions such as `v1.34.2`. Other words are left out.
 */
export function newestPatches(published: readonly string[], minors: readonly string[], withNewest: boolean): string[] {
  const versions = published.filter((word) => /^v1\.\d+\.\d+$/.test(word)).map((word) => word.slice(1)).sort(byNumbers);
  const chosen = minors.map((minor) => versions.filter((version) => version === minor || version.startsWith(`${minor}.`)).at(-1) ?? unknownMinor(minor));
  const newest = withNewest ? versions.slice(-1) : [];
  return [...new Set([...chosen, ...newest])].sort(byNumbers);
}

function unknownMinor(minor: string): never {
  throw new Error(`no version of Kubernetes ${minor} is published: write a minor version such as 1.34`);
}

function byNumbers(a: string, b: string): number {
  const [left, right] = [a, b].map((version) => version.split('.').map(Number)) as [number[], number[]];
  return left.map((number, index) => number - (right[index] ?? 0)).find((difference) => difference !== 0) ?? 0;
}

/**
 * The results of a version as a line of the table.
 */
export function rowOf(version: string, time: Date, suites: readonly SuiteResult[]): VersionRow {
  const areas = suites.map((suite) => ({ ...suite, area: AREAS.find(([, pattern]) => pattern.test(suite.file))?.[0] }));
  const cells = AREAS.map(([name]) => cellOf(areas.filter(({ area }) => area === name)));
  return { version, cells: [time.toISOString().slice(0, 10), ...cells], isPassed: suites.length > 0 && suites.every(({ failed }) => failed === 0) };
}

function cellOf(suites: readonly SuiteResult[]): string {
  const [passed, failed] = [suites.reduce((sum, suite) => sum + suite.passed, 0), suites.reduce((sum, suite) => sum + suite.failed, 0)];
  return passed + failed === 0 ? 'not tested' : `${passed} of ${passed + failed}`;
}

/**
 * The page with a line added, or replaced if the version has one. The newest version comes first.
 */
export function withRow(page: string | undefined, { version, cells }: VersionRow): string {
  const lines = (page ?? '').split('\n').filter((line) => /^\| \d/.test(line)).map((line) => line.split('|').slice(1, -1).map((cell) => cell.trim()));
  const rows = [...lines.filter(([other]) => other !== version), [version, ...cells]].sort(([a = ''], [b = '']) => byNumbers(b, a));
  return [INTRODUCTION, ...[COLUMNS, COLUMNS.map(() => '---'), ...rows].map((row) => `| ${row.join(' | ')} |`), ''].join('\n');
}
