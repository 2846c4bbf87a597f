// A chart of 50 objects with this library.
const { App } = require('cdk8s');
require('cdk8s-plus-28');
const { CiDeployment, CiImage, NamespacedChart } = require('cdk8s-ci-deploy');
const { report } = require('./report.cjs');

report(() => {
  const app = new App();
  const chart = new NamespacedChart(app, 'web', { namespace: 'example' });
  for (let i = 0; i < 25; i++) {
    new CiDeployment(chart, `web-${i}`, { image: CiImage.of('registry.example.com/group/web:1.0'), port: 8080, servicePort: 80 });
  }
  return app.synthYaml();
});
