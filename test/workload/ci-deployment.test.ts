import { ApiObject, App, Chart, JsonPatch } from 'cdk8s';
import * as kplus from 'cdk8s-plus-28';
import { gitlabJob } from '../../examples/gitlab-job';
import { CiDeployment, CiDeploymentProps, CiImage, NamespacedChart } from '../../src/index';
import { podSecurityViolations } from '../support/pod-security';
import { messageOf, namespacedChart, only, rawObject, synth } from '../support/synth';

const image = CiImage.of('registry.example.com/group/site:1');

function define(props: CiDeploymentProps = {}, id = 'web') {
  const chart = namespacedChart();
  const construct = new CiDeployment(chart, id, { image, ciVariables: {}, ...props });
  return { chart, construct };
}

const manifestsOf = (props: CiDeploymentProps = {}, id = 'web') => synth(define(props, id).chart);
const deploymentOf = (props: CiDeploymentProps = {}, id = 'web') => only('Deployment', manifestsOf(props, id));
const podOf = (props: CiDeploymentProps = {}) => deploymentOf(props).spec.template;
const containerOf = (props: CiDeploymentProps = {}) => podOf(props).spec.containers[0];

test('a CiDeployment with only an image defines a hardened Deployment', () => {
  expect(deploymentOf()).toMatchInlineSnapshot(`
{
  "apiVersion": "apps/v1",
  "kind": "Deployment",
  "metadata": {
    "annotations": {
      "cdk8s-ci-deploy/image-source": "given in the program",
    },
    "labels": {
      "app.kubernetes.io/name": "web",
    },
    "name": "web",
    "namespace": "example",
  },
  "spec": {
    "minReadySeconds": 0,
    "progressDeadlineSeconds": 600,
    "selector": {
      "matchLabels": {
        "app.kubernetes.io/name": "web",
      },
    },
    "strategy": {
      "rollingUpdate": {
        "maxSurge": "25%",
        "maxUnavailable": "25%",
      },
      "type": "RollingUpdate",
    },
    "template": {
      "metadata": {
        "labels": {
          "app.kubernetes.io/name": "web",
          "cdk8s.io/metadata.addr": "web",
        },
      },
      "spec": {
        "automountServiceAccountToken": false,
        "containers": [
          {
            "image": "registry.example.com/group/site:1",
            "imagePullPolicy": "Always",
            "name": "web",
            "resources": {
              "requests": {
                "cpu": "50m",
                "memory": "64Mi",
              },
            },
            "securityContext": {
              "allowPrivilegeEscalation": false,
              "capabilities": {
                "drop": [
                  "ALL",
                ],
              },
              "privileged": false,
              "readOnlyRootFilesystem": true,
              "runAsNonRoot": true,
            },
            "volumeMounts": [
              {
                "mountPath": "/tmp",
                "name": "writable-tmp",
              },
            ],
          },
        ],
        "dnsPolicy": "ClusterFirst",
        "hostNetwork": false,
        "restartPolicy": "Always",
        "securityContext": {
          "fsGroupChangePolicy": "Always",
          "runAsNonRoot": true,
          "seccompProfile": {
            "type": "RuntimeDefault",
          },
        },
        "setHostnameAsFQDN": false,
        "terminationGracePeriodSeconds": 30,
        "volumes": [
          {
            "emptyDir": {},
            "name": "writable-tmp",
          },
        ],
      },
    },
  },
}
`);
});

describe('the Pod Security level', () => {
  const violations = (props: CiDeploymentProps = {}) => podSecurityViolations(podOf(props));

  test('is restricted by default', () => {
    expect(violations()).toEqual([]);
    expect(violations({ port: 8080, servicePort: 80, envFromSecrets: ['a'], addCapabilities: ['NET_BIND_SERVICE'] })).toEqual([]);
  });

  test('is not restricted in plain cdk8s-plus, so the check detects violations', () => {
    const chart = new Chart(new App(), 'plain');
    new kplus.Deployment(chart, 'web', { containers: [{ image: 'web:1' }] });
    expect(podSecurityViolations(synth(chart)[0].spec.template)).not.toEqual([]);
  });

  test('is restricted with containers that are added later', () => {
    const { chart, construct } = define();
    construct.deployment.addContainer({ name: 'sidecar', image: 'sidecar:1' });
    construct.deployment.addInitContainer({ name: 'init', image: 'init:1' });
    const pod = only('Deployment', synth(chart)).spec.template;
    expect(pod.spec.containers.map((container: { name: string }) => container.name)).toEqual(['web', 'sidecar']);
    expect(podSecurityViolations(pod)).toEqual([]);
  });

  test.each<[CiDeploymentProps]>([
    [{ runAsNonRoot: false }],
    [{ allowPrivilegeEscalation: true }],
    [{ dropAllCapabilities: false }],
    [{ addCapabilities: ['CHOWN'] }],
    [{ seccompRuntimeDefault: false }],
  ])('is not restricted with %j', (props) => {
    expect(violations(props)).not.toEqual([]);
  });

  test('can be baseline for an image that runs as root', () => {
    const props = { port: 80, runAsNonRoot: false, addCapabilities: ['CHOWN', 'SETGID', 'SETUID', 'NET_BIND_SERVICE'], writablePaths: ['/var/cache/nginx', '/var/run'] };
    const { securityContext, volumeMounts } = containerOf(props);
    expect(securityContext).toEqual({
      allowPrivilegeEscalation: false,
      capabilities: { add: ['CHOWN', 'SETGID', 'SETUID', 'NET_BIND_SERVICE'], drop: ['ALL'] },
      privileged: false,
      readOnlyRootFilesystem: true,
      runAsNonRoot: false,
    });
    expect(podOf(props).spec.securityContext.runAsNonRoot).toBe(false);
    expect(volumeMounts).toEqual([
      { mountPath: '/var/cache/nginx', name: 'writable-var-cache-nginx' },
      { mountPath: '/var/run', name: 'writable-var-run' },
    ]);
    expect(podSecurityViolations(podOf(props), { level: 'baseline' })).toEqual([]);
  });

  test('includes user, groups and the file system of the props', () => {
    const pod = podOf({ runAsUser: 10_001, runAsGroup: 10_002, fsGroup: 10_003, readOnlyRootFilesystem: false, writablePaths: [] });
    expect(pod.spec.containers[0].securityContext).toMatchObject({ runAsUser: 10_001, runAsGroup: 10_002, readOnlyRootFilesystem: false });
    expect(pod.spec.securityContext).toMatchObject({ fsGroup: 10_003 });
    expect(pod.spec).not.toHaveProperty('volumes');
  });

  test('mounts no token of the API by default', () => {
    expect(podOf().spec.automountServiceAccountToken).toBe(false);
    expect(podOf({ automountServiceAccountToken: true }).spec.automountServiceAccountToken).toBe(true);
  });
});

describe('probes', () => {
  test('open a connection to the port', () => {
    const { ports, startupProbe, readinessProbe, livenessProbe } = containerOf({ port: 8080 });
    expect(ports).toEqual([{ containerPort: 8080 }]);
    expect(startupProbe).toEqual({ tcpSocket: { port: 8080 }, periodSeconds: 2, failureThreshold: 150 });
    expect(readinessProbe).toEqual({ tcpSocket: { port: 8080 }, failureThreshold: 3 });
    expect(livenessProbe).toEqual(readinessProbe);
  });

  test('request the health path', () => {
    expect(containerOf({ port: 8080, healthPath: '/healthz' }).readinessProbe.httpGet).toEqual({ path: '/healthz', port: 8080, scheme: 'HTTP' });
  });

  test('are left out without a port', () => {
    expect(Object.keys(containerOf()).filter((field) => field.endsWith('Probe'))).toEqual([]);
  });
});

test('servicePort defines a Service with the selector of the Deployment', () => {
  const manifests = manifestsOf({ port: 8080, servicePort: 80, selector: { app: 'site' } });
  const service = only('Service', manifests);
  expect(service.metadata).toEqual({ name: 'web', namespace: 'example', labels: { 'app.kubernetes.io/name': 'web' } });
  expect(service.spec).toMatchObject({ type: 'ClusterIP', selector: { app: 'site' }, ports: [{ port: 80, targetPort: 8080 }] });
  expect(manifestsOf({ port: 8080 }).map((manifest) => manifest.kind)).toEqual(['Deployment']);
});

describe('replicas', () => {
  test('are not in the manifest by default', () => expect(deploymentOf().spec).not.toHaveProperty('replicas'));
  test('are in the manifest when they are given, also zero', () => {
    expect(deploymentOf({ replicas: 3 }).spec.replicas).toBe(3);
    expect(deploymentOf({ replicas: 0 }).spec.replicas).toBe(0);
  });
  test('are in their place in the sorted manifest', () => {
    const keys = Object.keys(deploymentOf({ replicas: 3 }).spec);
    expect(keys).toEqual([...keys].sort());
  });
  const scaledByPlus = (props: CiDeploymentProps) => {
    const { chart, construct } = define(props);
    new kplus.HorizontalPodAutoscaler(chart, 'hpa', { target: construct.deployment, maxReplicas: 3, metrics: [kplus.Metric.resourceCpu(kplus.MetricTarget.averageUtilization(70))] });
    return chart;
  };
  const scaledBy = (autoscaler: { apiVersion: string; kind: string; [field: string]: unknown }, props: CiDeploymentProps = { replicas: 3 }) => {
    const { chart } = define(props);
    rawObject(chart, 'autoscaler', { metadata: { name: 'web' }, ...autoscaler });
    return chart;
  };
  const hpa = (scaleTargetRef: object, apiVersion = 'autoscaling/v2') => ({ apiVersion, kind: 'HorizontalPodAutoscaler', spec: { maxReplicas: 3, scaleTargetRef } });
  const keda = (scaleTargetRef: object) => ({ apiVersion: 'keda.sh/v1alpha1', kind: 'ScaledObject', spec: { scaleTargetRef, triggers: [] } });
  const namespacedKinds = ['ScaledObject.keda.sh'];

  test.each<[string, () => Chart]>([
    ['an autoscaler of cdk8s-plus', () => scaledByPlus({ replicas: 3 })],
    ['a HorizontalPodAutoscaler', () => scaledBy(hpa({ apiVersion: 'apps/v1', kind: 'Deployment', name: 'web' }))],
    ['a HorizontalPodAutoscaler of API version 1', () => scaledBy(hpa({ apiVersion: 'apps/v1', kind: 'Deployment', name: 'web' }, 'autoscaling/v1'))],
    ['a ScaledObject, whose target is a Deployment by default', () => {
      const chart = namespacedChart({ namespacedKinds });
      new CiDeployment(chart, 'web', { image, ciVariables: {}, replicas: 3 });
      rawObject(chart, 'autoscaler', { metadata: { name: 'web' }, ...keda({ name: 'web' }) });
      return chart;
    }],
  ])('are refused beside %s', (_, chart) => {
    expect(messageOf(() => synth(chart()))).toMatch(/chart\/web: replicas is 3, and \w+ "[\w-]+" sets the number, too, expected one of the two; remove replicas, or the autoscaler/);
  });
  test('may be 0 beside an autoscaler, which pauses it', () => expect(only('Deployment', synth(scaledByPlus({ replicas: 0 }))).spec.replicas).toBe(0));
  test('are in the manifest when the autoscaler scales another object', () => {
    expect(only('Deployment', synth(scaledBy(hpa({ apiVersion: 'apps/v1', kind: 'Deployment', name: 'api' })))).spec.replicas).toBe(3);
    expect(only('Deployment', synth(scaledBy(hpa({ apiVersion: 'apps/v1', kind: 'StatefulSet', name: 'web' })))).spec.replicas).toBe(3);
  });
  test('are not in the manifest with an autoscaler of cdk8s-plus', () => {
    const { chart, construct } = define();
    new kplus.HorizontalPodAutoscaler(chart, 'hpa', { target: construct.deployment, maxReplicas: 3, metrics: [kplus.Metric.resourceCpu(kplus.MetricTarget.averageUtilization(70))] });
    expect(only('Deployment', synth(chart)).spec).not.toHaveProperty('replicas');
  });
});

describe('names and selectors', () => {
  test('stay the same when the construct is renamed', () => {
    const before = manifestsOf({ name: 'site', port: 8080, servicePort: 80 }, 'web');
    expect(manifestsOf({ name: 'site', port: 8080, servicePort: 80 }, 'renamed')).toEqual(before);
  });

  test('stay the same in a Service of cdk8s-plus', () => {
    const render = (id: string) => {
      const { chart, construct } = define({ name: 'site', port: 8080 }, id);
      construct.deployment.exposeViaService({ name: 'other' });
      return synth(chart);
    };
    expect(render('renamed')).toEqual(render('web'));
  });

  test('can be those of an existing Deployment', () => {
    const deployment = deploymentOf({ selector: { app: 'site' }, containerName: 'nginx' });
    expect(deployment.spec.selector).toEqual({ matchLabels: { app: 'site' } });
    expect(deployment.spec.template.metadata.labels).toMatchObject({ 'app': 'site', 'app.kubernetes.io/name': 'web' });
    expect(deployment.spec.template.spec.containers[0].name).toBe('nginx');
  });
});

describe('the annotations for GitLab and people', () => {
  const job = { ciVariables: gitlabJob, image: undefined };

  test('come from the job', () => {
    const deployment = deploymentOf({ ...job, environment: 'production' });
    expect(deployment.metadata.annotations).toEqual({
      'app.gitlab.com/app': 'group-site',
      'app.gitlab.com/env': 'production',
      'cdk8s-ci-deploy/commit': gitlabJob.CI_COMMIT_SHA,
      'cdk8s-ci-deploy/image-source': 'variable IMAGE of pipeline 4711',
    });
    expect(deployment.spec.template.spec.containers[0].image).toBe(gitlabJob.IMAGE);
  });

  test('do not change on the pods from pipeline to pipeline', () => {
    const next = { ...gitlabJob, CI_PIPELINE_ID: '4712', IMAGE_PIPELINE_ID: '4712', CI_JOB_ID: '99999', CI_COMMIT_SHA: 'f'.repeat(40) };
    const [first, second] = [podOf(job), podOf({ ...job, ciVariables: next })];
    expect(first).toEqual(second);
    expect(first.metadata.annotations).toEqual({ 'app.gitlab.com/app': 'group-site' });
  });

  test('can be set by props', () => {
    const { annotations } = deploymentOf({ projectSlug: 'a', environment: 'review/Feature 1', commit: 'c' }).metadata;
    expect(annotations).toMatchObject({ 'app.gitlab.com/app': 'a', 'cdk8s-ci-deploy/commit': 'c' });
    expect(annotations['app.gitlab.com/env']).toMatch(/^review-feature-1-[0-9a-z]{6}$/);
  });

  test('contain the slug of the job when the job has the environment', () => {
    expect(podOf({ ...job, ciVariables: { ...gitlabJob, CI_ENVIRONMENT_SLUG: 'staging' } }).metadata.annotations['app.gitlab.com/env']).toBe('staging');
  });
});

describe('the configuration of the pods', () => {
  const hashOf = (data: { [key: string]: string }, props: CiDeploymentProps = {}) => {
    const { chart } = define({ envFromConfigMaps: ['config'], ...props });
    rawObject(chart, 'config', { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'config' }, data });
    return only('Deployment', synth(chart)).spec.template.metadata.annotations?.['cdk8s-ci-deploy/config-hash'];
  };

  test('changes the pods when its content changes', () => {
    expect(hashOf({ a: '1' })).toMatch(/^[0-9a-f]{16}$/);
    expect(hashOf({ a: '1' })).toBe(hashOf({ a: '1' }));
    expect(hashOf({ a: '2' })).not.toBe(hashOf({ a: '1' }));
  });

  test('does not change the pods when they do not use it', () => {
    expect(hashOf({ a: '1' }, { envFromConfigMaps: ['other'] })).toBeUndefined();
  });

  test('changes the pods when cdk8s-plus uses it in volumes and variables', () => {
    const render = (value: string) => {
      const { chart, construct } = define();
      const config = new kplus.ConfigMap(chart, 'config', { data: { a: value } });
      const secret = new kplus.Secret(chart, 'secret', { stringData: { b: 'c' } });
      construct.deployment.containers[0]!.mount('/config', kplus.Volume.fromConfigMap(chart, 'volume', config));
      construct.deployment.containers[0]!.env.addVariable('B', kplus.EnvValue.fromSecretValue({ secret, key: 'b' }));
      return only('Deployment', synth(chart)).spec.template.metadata.annotations['cdk8s-ci-deploy/config-hash'];
    };
    expect(render('1')).not.toBe(render('2'));
  });

  test('does not change the pods when it is in another namespace', () => {
    const bound = new App();
    const chart = new NamespacedChart(bound, 'a', { namespace: 'a' });
    new CiDeployment(chart, 'web', { image, envFromConfigMaps: ['config'] });
    rawObject(new NamespacedChart(bound, 'b', { namespace: 'b' }), 'config', { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'config' }, data: {} });
    expect(synth(chart)[0].spec.template.metadata.annotations ?? {}).not.toHaveProperty('cdk8s-ci-deploy/config-hash');
  });

  test('is in the container: variables, command and arguments', () => {
    const container = containerOf({ env: { LANG: 'de' }, envFromConfigMaps: ['config'], envFromSecrets: ['secret'], command: ['serve'], args: ['--port=1'] });
    expect(container).toMatchObject({
      env: [{ name: 'LANG', value: 'de' }],
      envFrom: [{ configMapRef: { name: 'config' } }, { secretRef: { name: 'secret' } }],
      command: ['serve'],
      args: ['--port=1'],
    });
  });

  test('is in the pod: pull secrets, ServiceAccount and resources', () => {
    const { spec } = podOf({ imagePullSecrets: ['registry'], serviceAccountName: 'web', cpuLimit: '1', memoryRequest: '128Mi', memoryLimit: '256Mi' });
    expect(spec).toMatchObject({ imagePullSecrets: [{ name: 'registry' }], serviceAccountName: 'web' });
    expect(spec.containers[0].resources).toEqual({ limits: { cpu: '1', memory: '256Mi' }, requests: { cpu: '50m', memory: '128Mi' } });
  });
});

test('JSON patches of the user override the values of cdk8s-plus and the props', () => {
  const { chart, construct } = define();
  ApiObject.of(construct.deployment).addJsonPatch(JsonPatch.add('/spec/replicas', 5), JsonPatch.replace('/spec/template/spec/containers/0/imagePullPolicy', 'Never'));
  const { spec } = only('Deployment', synth(chart));
  expect(spec.replicas).toBe(5);
  expect(spec.template.spec.containers[0].imagePullPolicy).toBe('Never');
});

test('a later change of the props has no effect', () => {
  const props = { imagePullSecrets: ['registry'], selector: { app: 'web' } };
  const { chart } = define(props);
  props.imagePullSecrets.push('other');
  props.selector.app = 'other';
  const { spec } = only('Deployment', synth(chart));
  expect(spec.template.spec.imagePullSecrets).toEqual([{ name: 'registry' }]);
  expect(spec.selector.matchLabels).toEqual({ app: 'web' });
});

test('a missing image is refused with the path of the construct', () => {
  const { chart } = define({ image: CiImage.fromGitlab({ ciVariables: {} }) });
  expect(messageOf(() => synth(chart))).toContain('[chart/web] variable IMAGE: it is not set, expected the reference of the image that this pipeline built');
});

describe('an invalid prop', () => {
  test.each<[CiDeploymentProps, string]>([
    [{ name: 'Bad_Name' }, 'name is "Bad_Name", expected a DNS subdomain'],
    [{ name: 'a'.repeat(64) }, 'name, which becomes a label, is "aaaa'],
    [{ name: '1web', port: 80, servicePort: 80 }, 'name, which is also the name of the Service, is "1web"'],
    [{ name: 'a.b' }, 'containerName is "a.b"'],
    [{ labels: { team: 'a b' } }, 'label "team" is "a b", expected a label value'],
    [{ labels: { 'a/b/c': '' } }, 'the key of label "a/b/c" is "a/b/c"'],
    [{ selector: {} }, 'selector is empty'],
    [{ env: { '1A': '' } }, 'a name in env is "1A"'],
    [{ imagePullSecrets: ['A'] }, 'imagePullSecrets is "A"'],
    [{ envFromConfigMaps: [''] }, 'envFromConfigMaps is ""'],
    [{ serviceAccountName: 'A' }, 'serviceAccountName is "A"'],
    [{ cpuRequest: 'lots' }, 'cpuRequest is "lots"'],
    [{ memoryLimit: '-1' }, 'memoryLimit is "-1"'],
    [{ port: 0 }, 'port is 0, expected a whole number from 1 to 65535'],
    [{ port: 80.5 }, 'port is 80.5'],
    [{ servicePort: 80 }, 'servicePort is given without port'],
    [{ healthPath: '/' }, 'healthPath is given without port'],
    [{ port: 80, healthPath: 'healthz' }, 'healthPath is "healthz", expected an absolute path'],
    [{ writablePaths: ['tmp'] }, 'writablePaths is "tmp"'],
    [{ addCapabilities: ['CAP_CHOWN'] }, 'addCapabilities is "CAP_CHOWN"'],
    [{ replicas: -1 }, 'replicas is -1'],
    [{ runAsUser: 0 }, 'runAsUser is 0, expected another user while runAsNonRoot is true'],
    [{ fsGroup: 1e12 }, 'fsGroup is 1000000000000'],
  ])('is refused: %j', (props, message) => {
    const text = messageOf(() => define(props));
    expect(text).toContain(message);
    expect(text).toMatch(/^chart\/web: .+, expected .+; .+$/);
  });
});
