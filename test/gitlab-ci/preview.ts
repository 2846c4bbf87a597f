import { execFileSync } from 'node:child_process';
import { mkdtempSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { gitlabCiLocal } from './gitlab-ci-local';
import { Repository } from './repository';
import { PROJECT_URL } from './variables';
import type { JsonObject } from '../../src/base/json';

/**
 * The pipeline that gitlab-ci-local reads from the files of a project, with all includes resolved.
 *
 * @param parent A folder to work in.
 */
export function preview(parent: string, files: { readonly [name: string]: string }): JsonObject {
  const folder = mkdtempSync(join(parent, 'preview-'));
  const repository = new Repository(join(folder, 'repository'));
  for (const [name, text] of Object.entries(files)) repository.write(name, text);
  repository.commit('first');
  const clone = join(folder, 'clone');
  repository.clone(clone, `${PROJECT_URL}.git`);
  const text = execFileSync(process.execPath, [gitlabCiLocal(), '--home', folder, '--preview'], { cwd: clone, encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] });
  // gitlab-ci-local first warns that it ignores the regular expressions of inputs.
  return parse(text.slice(text.indexOf('---\n')), { version: '1.1' }) as JsonObject;
}
