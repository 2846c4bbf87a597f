import { configMap, deployment, secret, service } from '../../cluster/application';
import { Scenario } from '../scenario';
import { deployer, WEB } from './shared';

const RELEASE = [configMap('web'), secret('web', { password: 'first' }), service('web'), deployment('web')];

export const DEPLOY: readonly Scenario[] = [
  {
    name: 'deploy-first-release',
    shows: 'A first release creates its objects and records them.',
    given: deployer,
    runs: [{ files: { 'app.yaml': RELEASE }, command: `deploy app.yaml ${WEB} --output json --dotenv deploy.env --junit deploy.xml` }],
  },
];
