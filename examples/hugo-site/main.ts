import { App } from 'cdk8s';
import { CiDeployment, CiImage, NamespacedChart } from 'cdk8s-ci-deploy';
import { name, targets } from './targets';

// Writes dist/<environment>/web.k8s.yaml in the pipeline, with the image that the pipeline built.
for (const { environment, namespace } of targets) {
  const app = new App({ outdir: `dist/${environment}` });
  new CiDeployment(new NamespacedChart(app, name, { namespace }), name, {
    image: CiImage.fromGitlab({ local: 'hugo-site:local' }),
    environment,
    port: 8080,
    healthPath: '/',
    servicePort: 80,
    // The selector of deployment.yml: a Deployment cannot change it, so both programs can deploy the same Deployment.
    selector: { app: name },
  });
  app.synth();
}
