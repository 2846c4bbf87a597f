// The same 50 objects in plain cdk8s-plus-28, with the settings that the library makes its defaults.
const { App, Chart, Size } = require('cdk8s');
const kplus = require('cdk8s-plus-28');
const { report } = require('./report.cjs');

report(() => {
  const app = new App();
  const chart = new Chart(app, 'web', { namespace: 'example' });
  for (let i = 0; i < 25; i++) define(chart, `web-${i}`);
  return app.synthYaml();
});

function define(chart, name) {
  const labels = { 'app.kubernetes.io/name': name };
  const probe = kplus.Probe.fromTcpSocket({ port: 8080 });
  const deployment = new kplus.Deployment(chart, `${name}-deployment`, {
    metadata: { name, labels },
    podMetadata: { labels },
    select: false,
    automountServiceAccountToken: false,
    securityContext: { ensureNonRoot: true },
    containers: [{
      name,
      image: 'registry.example.com/group/web:1.0',
      portNumber: 8080,
      startup: probe,
      readiness: probe,
      liveness: probe,
      resources: { cpu: { request: kplus.Cpu.millis(50) }, memory: { request: Size.mebibytes(64) } },
      securityContext: {
        ensureNonRoot: true,
        capabilities: { drop: [kplus.Capability.ALL] },
        seccompProfile: { type: kplus.SeccompProfileType.RUNTIME_DEFAULT },
      },
    }],
  });
  deployment.select(kplus.LabelSelector.of({ labels }));
  const volume = kplus.Volume.fromEmptyDir(chart, `${name}-tmp`, 'writable-tmp');
  for (const container of deployment.containers) container.mount('/tmp', volume);
  const service = new kplus.Service(chart, `${name}-service`, { metadata: { name, labels }, ports: [{ port: 80, targetPort: 8080 }] });
  service.selectLabel('app.kubernetes.io/name', name);
}
