import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { cpSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { cachedFolder } from '../../../test/support/npm-tool';
import { FILLED_IN, layTemplate, Peer } from '../peer';

/** Its record is a ConfigMap of this name, which the application's own must not have. */
const APP = 'web-release';

export const kapp: Peer = {
  name: 'kapp deploy',
  script: `${FILLED_IN} | kapp deploy --app ${APP} --namespace "$NAMESPACE" --file - --yes --wait-timeout "\${LIMIT}s"`,
  programs: () => ({ kapp: compiled() }),
  lay: layTemplate,
};

const VERSION = '0.64.2';
const MODULE = join(__dirname, '..', 'go-kapp');
const COMPILE = join(__dirname, '..', '..', '..', 'test', 'cluster', 'compile.ts');

/** The first call on a machine compiles it, with Go. */
function compiled(): string {
  const recipe = createHash('sha256').update(readFileSync(join(MODULE, 'go.mod'))).update(readFileSync(COMPILE)).digest('hex').slice(0, 8);
  const folder = cachedFolder(`go-kapp@${VERSION}-${recipe}`, (part) => {
    const copy = join(part, 'module');
    cpSync(MODULE, copy, { recursive: true });
    execFileSync('npx', ['tsx', COMPILE, copy, part, `v${VERSION}`, JSON.stringify({ kapp: 'carvel.dev/kapp/cmd/kapp' })], { stdio: ['ignore', 2, 2] });
    rmSync(copy, { recursive: true });
  });
  return join(folder, 'kapp');
}
