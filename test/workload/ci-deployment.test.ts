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

test('an image alone gives a Deployment', () => {
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

describe('Pod Security', () => {
  const violations = (props: CiDeploymentProps = {}) => podSecurityViolations(podOf(props));

  test('the defaults satisfy restricted', () => {
    expect(violations()).toEqual([]);
    expect(violations({ port: 8080, servicePort: 80, envFromSecrets: ['a'], addCapabilities: ['NET_BIND_SERVICE'] })).toEqual([]);
  });

  test('plain cdk8s-plus does not, so the check can tell', () => {
    const chart = new Chart(new App(), 'plain');
    new kplus.Deployment(chart, 'web', { containers: [{ image: 'web:1' }] });
    expect(podSecurityViolations(synth(chart)[0].spec.template)).not.toEqual([]);
  });

  test('containers added later are locked in as well', () => {
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
  ])('%j gives restricted up, as its price says', (props) => {
    expect(violations(props)).not.toEqual([]);
  });

  test('an image that runs as root, such as nginx, can be deployed', () => {
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

  test('user, groups and a writable file system are written where they belong', () => {
    const pod = podOf({ runAsUser: 10_001, runAsGroup: 10_002, fsGroup: 10_003, readOnlyRootFilesystem: false, writablePaths: [] });
    expect(pod.spec.containers[0].securityContext).toMatchObject({ runAsUser: 10_001, runAsGroup: 10_002, readOnlyRootFilesystem: false });
    expect(pod.spec.securityContext).toMatchObject({ fsGroup: 10_003 });
    expect(pod.spec).not.toHaveProperty('volumes');
  });

  test('pods get no token of the API unless asked for', () => {
    expect(podOf().spec.automountServiceAccountToken).toBe(false);
    expect(podOf({ automountServiceAccountToken: true }).spec.automountServiceAccountToken).toBe(true);
  });
});

describe('probes', () => {
  test('come with a port and open a connection', () => {
    const { ports, startupProbe, readinessProbe, livenessProbe } = containerOf({ port: 8080 });
    expect(ports).toEqual([{ containerPort: 8080 }]);
    expect(startupProbe).toEqual({ tcpSocket: { port: 8080 }, periodSeconds: 2, failureThreshold: 150 });
    expect(readinessProbe).toEqual({ tcpSocket: { port: 8080 }, failureThreshold: 3 });
    expect(livenessProbe).toEqual(readinessProbe);
  });

  test('ask a path when one is given', () => {
    expect(containerOf({ port: 8080, healthPath: '/healthz' }).readinessProbe.httpGet).toEqual({ path: '/healthz', port: 8080, scheme: 'HTTP' });
  });

  test('are left out without a port', () => {
    expect(Object.keys(containerOf()).filter((field) => field.endsWith('Probe'))).toEqual([]);
  });
});

test('a Service is made on request and selects as the Deployment does', () => {
  const manifests = manifestsOf({ port: 8080, servicePort: 80, selector: { app: 'site' } });
  const service = only('Service', manifests);
  expect(service.metadata).toEqual({ name: 'web', namespace: 'example', labels: { 'app.kubernetes.io/name': 'web' } });
  expect(service.spec).toMatchObject({ type: 'ClusterIP', selector: { app: 'site' }, ports: [{ port: 80, targetPort: 8080 }] });
  expect(manifestsOf({ port: 8080 }).map((manifest) => manifest.kind)).toEqual(['Deployment']);
});

describe('replicas', () => {
  test('are left out for the autoscaler', () => expect(deploymentOf().spec).not.toHaveProperty('replicas'));
  test('are written when given, zero as well', () => {
    expect(deploymentOf({ replicas: 3 }).spec.replicas).toBe(3);
    expect(deploymentOf({ replicas: 0 }).spec.replicas).toBe(0);
  });
  test('stay out when an autoscaler of cdk8s-plus is defined', () => {
    const { chart, construct } = define();
    new kplus.HorizontalPodAutoscaler(chart, 'hpa', { target: construct.deployment, maxReplicas: 3, metrics: [kplus.Metric.resourceCpu(kplus.MetricTarget.averageUtilization(70))] });
    expect(only('Deployment', synth(chart)).spec).not.toHaveProperty('replicas');
  });
});

describe('names and selectors', () => {
  test('survive a rename of the construct', () => {
    const before = manifestsOf({ name: 'site', port: 8080, servicePort: 80 }, 'web');
    expect(manifestsOf({ name: 'site', port: 8080, servicePort: 80 }, 'renamed')).toEqual(before);
  });

  test('what cdk8s-plus selects by survives it as well', () => {
    const render = (id: string) => {
      const { chart, construct } = define({ name: 'site', port: 8080 }, id);
      construct.deployment.exposeViaService({ name: 'other' });
      return synth(chart);
    };
    expect(render('renamed')).toEqual(render('web'));
  });

  test('a given selector takes an existing Deployment over', () => {
    const deployment = deploymentOf({ selector: { app: 'site' }, containerName: 'nginx' });
    expect(deployment.spec.selector).toEqual({ matchLabels: { app: 'site' } });
    expect(deployment.spec.template.metadata.labels).toMatchObject({ 'app': 'site', 'app.kubernetes.io/name': 'web' });
    expect(deployment.spec.template.spec.containers[0].name).toBe('nginx');
  });
});

describe('what GitLab and people read', () => {
  const job = { ciVariables: gitlabJob, image: undefined };

  test('comes from the job', () => {
    const deployment = deploymentOf({ ...job, environment: 'production' });
    expect(deployment.metadata.annotations).toEqual({
      'app.gitlab.com/app': 'group-site',
      'app.gitlab.com/env': 'production',
      'cdk8s-ci-deploy/commit': gitlabJob.CI_COMMIT_SHA,
      'cdk8s-ci-deploy/image-source': 'variable IMAGE of pipeline 4711',
    });
    expect(deployment.spec.template.spec.containers[0].image).toBe(gitlabJob.IMAGE);
  });

  test('on the pods it is only what does not change with a pipeline', () => {
    const next = { ...gitlabJob, CI_PIPELINE_ID: '4712', IMAGE_PIPELINE_ID: '4712', CI_JOB_ID: '99999', CI_COMMIT_SHA: 'f'.repeat(40) };
    const [first, second] = [podOf(job), podOf({ ...job, ciVariables: next })];
    expect(first).toEqual(second);
    expect(first.metadata.annotations).toEqual({ 'app.gitlab.com/app': 'group-site' });
  });

  test('can be given', () => {
    const { annotations } = deploymentOf({ projectSlug: 'a', environment: 'review/Feature 1', commit: 'c' }).metadata;
    expect(annotations).toMatchObject({ 'app.gitlab.com/app': 'a', 'cdk8s-ci-deploy/commit': 'c' });
    expect(annotations['app.gitlab.com/env']).toMatch(/^review-feature-1-[0-9a-z]{6}$/);
  });

  test('an environment of the job itself is used as GitLab spells it', () => {
    expect(podOf({ ...job, ciVariables: { ...gitlabJob, CI_ENVIRONMENT_SLUG: 'staging' } }).metadata.annotations['app.gitlab.com/env']).toBe('staging');
  });
});

describe('configuration', () => {
  const hashOf = (data: { [key: string]: string }, props: CiDeploymentProps = {}) => {
    const { chart } = define({ envFromConfigMaps: ['config'], ...props });
    rawObject(chart, 'config', { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'config' }, data });
    return only('Deployment', synth(chart)).spec.template.metadata.annotations?.['cdk8s-ci-deploy/config-hash'];
  };

  test('that changes replaces the pods', () => {
    expect(hashOf({ a: '1' })).toMatch(/^[0-9a-f]{16}$/);
    expect(hashOf({ a: '1' })).toBe(hashOf({ a: '1' }));
    expect(hashOf({ a: '2' })).not.toBe(hashOf({ a: '1' }));
  });

  test('that is not used does not', () => {
    expect(hashOf({ a: '1' }, { envFromConfigMaps: ['other'] })).toBeUndefined();
  });

  test('used through cdk8s-plus counts, in volumes and single variables', () => {
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

  test('of another namespace is another one', () => {
    const bound = new App();
    const chart = new NamespacedChart(bound, 'a', { namespace: 'a' });
    new CiDeployment(chart, 'web', { image, envFromConfigMaps: ['config'] });
    rawObject(new NamespacedChart(bound, 'b', { namespace: 'b' }), 'config', { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'config' }, data: {} });
    expect(synth(chart)[0].spec.template.metadata.annotations ?? {}).not.toHaveProperty('cdk8s-ci-deploy/config-hash');
  });

  test('by name reaches the container', () => {
    const container = containerOf({ env: { LANG: 'de' }, envFromConfigMaps: ['config'], envFromSecrets: ['secret'], command: ['serve'], args: ['--port=1'] });
    expect(container).toMatchObject({
      env: [{ name: 'LANG', value: 'de' }],
      envFrom: [{ configMapRef: { name: 'config' } }, { secretRef: { name: 'secret' } }],
      command: ['serve'],
      args: ['--port=1'],
    });
  });

  test('of pull secrets, ServiceAccount and resources reaches the pod', () => {
    const { spec } = podOf({ imagePullSecrets: ['registry'], serviceAccountName: 'web', cpuLimit: '1', memoryRequest: '128Mi', memoryLimit: '256Mi' });
    expect(spec).toMatchObject({ imagePullSecrets: [{ name: 'registry' }], serviceAccountName: 'web' });
    expect(spec.containers[0].resources).toEqual({ limits: { cpu: '1', memory: '256Mi' }, requests: { cpu: '50m', memory: '128Mi' } });
  });
});

test('JSON patches of the user have the last word on what cdk8s-plus renders', () => {
  const { chart, construct } = define();
  ApiObject.of(construct.deployment).addJsonPatch(JsonPatch.add('/spec/replicas', 5), JsonPatch.replace('/spec/template/spec/containers/0/imagePullPolicy', 'Never'));
  const { spec } = only('Deployment', synth(chart));
  expect(spec.replicas).toBe(5);
  expect(spec.template.spec.containers[0].imagePullPolicy).toBe('Never');
});

test('lists and maps are copied on the way in', () => {
  const props = { imagePullSecrets: ['registry'], selector: { app: 'web' } };
  const { chart } = define(props);
  props.imagePullSecrets.push('other');
  props.selector.app = 'other';
  const { spec } = only('Deployment', synth(chart));
  expect(spec.template.spec.imagePullSecrets).toEqual([{ name: 'registry' }]);
  expect(spec.selector.matchLabels).toEqual({ app: 'web' });
});

test('a missing image is said with the path of the construct', () => {
  const { chart } = define({ image: CiImage.fromGitlab({ ciVariables: {} }) });
  expect(messageOf(() => synth(chart))).toContain('[chart/web] variable IMAGE: it is not set, expected the reference of the image that this pipeline built');
});

describe('what Kubernetes would refuse, or never run, is refused', () => {
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
  ])('%j', (props, message) => {
    const text = messageOf(() => define(props));
    expect(text).toContain(message);
    expect(text).toMatch(/^chart\/web: .+, expected .+; .+$/);
  });
});
