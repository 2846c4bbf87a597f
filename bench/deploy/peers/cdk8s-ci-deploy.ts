import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { FILLED_IN, layTemplate, Peer } from '../peer';

const COMMAND = join(__dirname, '..', '..', '..', 'lib', 'cli', 'main.js');

/** By the same `sed` as the others, although `render` and `CiDeployment` check the image before: what is compared is the deploying. */
export const ciDeploy: Peer = {
  name: 'cdk8s-ci-deploy',
  script: `${FILLED_IN} | cdk8s-ci-deploy deploy - --app web --timeout "\${LIMIT}s"`,
  programs: () => {
    if (!existsSync(COMMAND)) throw new Error('lib/ is not built: run npm run compile');
    return { 'cdk8s-ci-deploy': COMMAND };
  },
  lay: layTemplate,
};
