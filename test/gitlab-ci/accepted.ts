import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gitlabCiLocalFolder } from './gitlab-ci-local';
import { GITLAB_CI_SCHEMA } from '../support/gitlab-ci-schema';

/**
 * The reasons why GitLab's JSON schema or gitlab-ci-local rejects pipelines; `null` for each text that both accept.
 */
export function rejections(texts: readonly string[]): Array<string | null> {
  const folder = mkdtempSync(join(tmpdir(), 'accepted-'));
  try {
    const names = texts.map((text, index) => {
      writeFileSync(join(folder, `${index}.yml`), text);
      return `${index}.yml`;
    });
    const args = [ACCEPT, gitlabCiLocalFolder(), GITLAB_CI_SCHEMA, ...names];
    return JSON.parse(execFileSync(process.execPath, args, { cwd: folder, encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit'], maxBuffer: 64e6 }));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

const ACCEPT = join(__dirname, 'gitlab-ci-local', 'accept.mjs');
