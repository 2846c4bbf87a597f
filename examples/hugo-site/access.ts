import { App, Chart } from 'cdk8s';
import { NamespaceDeployer } from 'cdk8s-ci-deploy';
import { targets } from './targets';

// Writes dist/access-<environment>.yaml, which an administrator applies once.
const app = new App({ outdir: 'dist', outputFileExtension: '.yaml' });
for (const { environment, namespace } of targets) {
  new NamespaceDeployer(new Chart(app, `access-${environment}`), 'gitlab', {
    namespace,
    createNamespace: true,
    namespaceLabels: { 'pod-security.kubernetes.io/enforce': 'restricted' },
  });
}
app.synth();
