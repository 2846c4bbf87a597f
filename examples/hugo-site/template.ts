import { App } from 'cdk8s';
import { CiImage, ManifestTemplate, NamespacedChart } from 'cdk8s-ci-deploy';
import { name, targets } from './targets';

// Writes the manifests of the same site from an existing deployment.yml.
for (const { environment, namespace } of targets) {
  const app = new App({ outdir: `dist/from-template/${environment}` });
  new ManifestTemplate(new NamespacedChart(app, name, { namespace }), 'site', {
    file: 'deployment.yml',
    image: CiImage.fromGitlab({ local: 'hugo-site:local' }),
  });
  app.synth();
}
