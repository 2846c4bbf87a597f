import { drawn, pictureOf } from '../../../../src/cli/pipeline/graph/draw';
import { ID_TOKEN, jobModel, pipelineModel, PRODUCTION, REVIEW } from '../models';

const ATTACK = '"><script>alert(1)</script>\u001b[31m\u202e';
const ATTACKED = {
  ...pipelineModel([{ ...PRODUCTION, environment: ATTACK, namespace: ATTACK }]),
  app: ATTACK,
  stages: [ATTACK],
  jobs: [jobModel(ATTACK, ATTACK, { environment: ATTACK, holds: [{ variable: ATTACK, kind: ATTACK, source: 'variable' as const }] })],
};

test('Mermaid has the jobs by stage, what flows, the credentials and the environments', () => {
  expect(drawn(pipelineModel([REVIEW, PRODUCTION], ID_TOKEN), { form: 'mermaid' })).toMatchInlineSnapshot(`
"flowchart LR
  subgraph stage0["build"]
    job0["build"]
  end
  subgraph stage1["image"]
    job1["container"]
  end
  subgraph stage2["synth"]
    job2["synth"]
  end
  subgraph stage3["deploy"]
    job3["deploy-review"]
    job4["deploy-production<br>protected refs only<br>started by hand"]
  end
  subgraph environments["environments"]
    env0(["review/mr-#36;CI_MERGE_REQUEST_IID<br>namespace example-review<br>one for each merge request"])
    env1(["production<br>namespace example<br>protected"])
  end
  key0{{"KUBE_ID_TOKEN<br>id_token for cluster-1"}}
  key1{{"KUBE_ID_TOKEN<br>id_token for cluster-1"}}
  job0 -->|"artifact"| job1
  job1 -->|"dotenv IMAGE"| job2
  job2 -->|"artifact"| job3
  job2 -->|"artifact"| job4
  key0 -.-> job3
  key1 -.-> job4
  job3 ==> env0
  job4 ==> env1
"
`);
});

test('the picture says of itself what it shows', () => {
  const text = drawn(pipelineModel(), { form: 'svg' });

  expect(text).toContain('<title id="pipeline-title">Pipeline of web</title>');
  expect(/<desc id="pipeline-description">(.*)<\/desc>/.exec(text)?.[1]?.split('. ')).toEqual([
    'job build',
    'job container',
    'job synth',
    'job deploy-staging, KUBECONFIG, masked variable for staging',
    'job deploy-production, protected refs only, started by hand, KUBECONFIG, masked variable for production',
    'environment staging, namespace example-staging',
    'environment production, namespace example, protected',
    'deploy-staging deploys to staging',
    'deploy-production deploys to production',
    'build before container: artifact',
    'container before synth: dotenv IMAGE',
    'synth before deploy-staging: artifact',
    'synth before deploy-production: artifact',
    'deploy-staging before deploy-production.',
  ]);
});

test.each(['mermaid', 'svg', 'html'] as const)('what others wrote is text in %s', (form) => {
  const text = drawn(ATTACKED, { form });

  expect(text).not.toMatch(/<script|alert\(1\)<\/script|[\u001b\u202e]/);
});

test('a job of the first stage waits for nothing, others without needs for all stages before', () => {
  const model = { ...pipelineModel([]), jobs: [jobModel('first', 'build'), jobModel('second', 'deploy')] };

  expect(drawn(model, { form: 'mermaid' })).toContain('["second<br>after all earlier stages"]');
  expect(drawn(model, { form: 'mermaid' })).toContain('["first"]');
});

test.each<[string, object]>([
  ['mermaid', { form: 'mermaid' }], ['svg', { form: 'svg' }], ['html', { form: 'html' }],
  ['out/pipeline.svg', { form: 'svg', file: 'out/pipeline.svg' }], ['a.HTML', { form: 'html', file: 'a.HTML' }], ['a.mmd', { form: 'mermaid', file: 'a.mmd' }],
])('%s asks for %j', (option, expected) => {
  expect(pictureOf(option)).toEqual(expected);
});

test.each(['', 'png', 'picture.png', '.svg'])('%j asks for no picture', (option) => {
  expect(() => pictureOf(option)).toThrow(/^--graph: ".*", expected mermaid, svg, html, or a file that ends with \.mmd, \.mermaid, \.svg, \.html; choose one of them$/);
});
