import { App } from 'cdk8s';
import { CiDeployment, CiImage, NamespacedChart } from 'cdk8s-ci-deploy';
import { name, targets } from './targets';

// dist/<environment>/web.k8s.yaml: synthesized in the pipeline, for the image that it has built.
for (const { environment, namespace } of targets) {
  const app = new App({ outdir: `dist/${environment}` });
  new CiDeployment(new NamespacedChart(app, name, { namespace }), name, {
    image: CiImage.fromGitlab({ local: 'hugo-site:local' }),
    environment,
    port: 8080,
    healthPath: '/',
    servicePort: 80,
    // As in deployment.yml, so that either program can take over from the other: a selector cannot be changed.
    selector: { app: name },
  });
  app.synth();
}
