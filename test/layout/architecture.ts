import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { LAYOUT } from './layout';
import { purposeOf, sources } from './sources';

const PAGE = join(__dirname, '..', '..', 'docs', 'architecture.md');

/**
 * The text of docs/architecture.md: the folders of src/ with their purposes, and a picture of their imports.
 */
export function architecture(): string {
  const rows = LAYOUT.map(({ folder }) => `| [src/${folder}](../src/${folder}) | ${purposeOf(folder)} |`);
  return `# Architecture

The library describes access, workload and pipeline. The command creates the credential and deploys.
The folders are domains. A folder imports only folders that stand above it in this table; \`test/layout\` holds the table and checks each import.

\`\`\`mermaid
${picture()}
\`\`\`

| folder | purpose |
|---|---|
${rows.join('\n')}

A deployment runs the folders of \`src/cli/deploy\` in the order of the table; [deploy.ts](../src/cli/deploy/deploy.ts) is the algorithm.
This page is generated from the table and the README of each folder: \`npm run generate\`.
`;
}

/** The parts that the picture shows as one box each. */
const BOXES: ReadonlyArray<readonly [id: string, label: string, folders: RegExp]> = [
  ['rules', 'rules of Kubernetes, GitLab, YAML<br>base, kubernetes, gitlab, yaml, image, kubeconfig, release', /^(?:base|kubernetes|gitlab|yaml|image|kubeconfig|release)$/],
  ['access', 'access', /^access$/],
  ['workload', 'workload', /^workload$/],
  ['pipeline', 'pipeline', /^pipeline(?:\/|$)/],
  ['clients', 'clients of the command<br>cli/base, io, command-line, http, cluster, gitlab', /^cli\/(?:base|io|command-line|http|cluster|gitlab)$/],
  ['credential', 'the credential<br>cli/access, verify, credentials, revoke, kubeconfig', /^cli\/(?:access|verify|credentials|revoke|kubeconfig)(?:\/|$)/],
  ['project', 'the project<br>cli/init, pipeline, render', /^cli\/(?:init|pipeline|render)(?:\/|$)/],
  ['deploy', 'cli/deploy<br>objects, history, lock, prune, manifests, plan,<br>wait, apply, pull-secret, report, rollback', /^cli\/deploy(?:\/|$)/],
  ['commands', 'cli/commands', /^cli(?:\/commands)?$/],
];

/** Arrows go from a box to those it imports. An arrow that follows from two others is left out. */
function picture(): string {
  const boxOf = (folder: string) => BOXES.find(([, , folders]) => folders.test(folder))?.[0];
  const edges = new Map(BOXES.map(([id]) => [id, new Set<string>()]));
  const all = sources();
  const folders = new Map(all.map(({ path, folder }) => [path, folder]));
  for (const { folder, imports } of all.filter((source) => source.folder !== '')) {
    for (const imported of imports) {
      const [from, to] = [boxOf(folder), boxOf(folders.get(imported) ?? '')];
      if (from !== undefined && to !== undefined && from !== to) edges.get(from)?.add(to);
    }
  }
  const reaches = (from: string, to: string): boolean => [...edges.get(from) ?? []].some((next) => next === to || reaches(next, to));
  const isShort = (from: string, to: string) => ![...edges.get(from) ?? []].some((next) => next !== to && reaches(next, to));
  return [
    'flowchart BT',
    ...BOXES.map(([id, label]) => `  ${id}["${label}"]`),
    ...[...edges].flatMap(([from, tos]) => [...tos].filter((to) => isShort(from, to)).sort().map((to) => `  ${from} --> ${to}`)),
  ].join('\n');
}

if (require.main === module) writeFileSync(PAGE, architecture());
