import fc from 'fast-check';
import { AGENT, ID_TOKEN, jobModel, KUBECONFIG, pipelineModel, PRODUCTION, REVIEW, STAGING } from './models';
import { mermaid } from '../../../src/cli/pipeline/mermaid';
import { JobModel, PipelineModel, RuleModel } from '../../../src/pipeline/model/pipeline-model';

const DEFAULT_BRANCH: RuleModel = { if: '$CI_COMMIT_BRANCH == $CI_DEFAULT_BRANCH', when: 'on_success' };

/** The lines of the flowchart of some jobs, decoded as Mermaid decodes them, without indents. */
function linesOf(jobs: readonly JobModel[], more: Partial<PipelineModel> = {}): string[] {
  return decoded(mermaid({ ...pipelineModel([STAGING]), jobs, ...more })).split('\n').map((line) => line.trim());
}

function decoded(text: string): string {
  return text.replace(/#(\d+);/g, (_, code: string) => String.fromCodePoint(Number(code)));
}

test('it draws the jobs by stage with their conditions, and the environments, with artifacts, variables and credentials on the arrows', () => {
  const model = pipelineModel([REVIEW, PRODUCTION], ID_TOKEN);
  const jobs = model.jobs.map((job) => ({ ...job, rules: [job.manual ? { ...DEFAULT_BRANCH, when: 'manual' } : DEFAULT_BRANCH] }));

  expect(mermaid({ ...model, jobs })).toMatchInlineSnapshot(`
"flowchart LR
  subgraph stage0["build"]
    job0["build<br>if #36;CI_COMMIT_BRANCH #61;#61; #36;CI_DEFAULT_BRANCH"]
  end
  subgraph stage1["image"]
    job1["container<br>if #36;CI_COMMIT_BRANCH #61;#61; #36;CI_DEFAULT_BRANCH"]
  end
  subgraph stage2["synth"]
    job2["synth<br>if #36;CI_COMMIT_BRANCH #61;#61; #36;CI_DEFAULT_BRANCH"]
  end
  subgraph stage3["deploy"]
    job3["deploy-review<br>if #36;CI_COMMIT_BRANCH #61;#61; #36;CI_DEFAULT_BRANCH"]
    job4["deploy-production<br>manual if #36;CI_COMMIT_BRANCH #61;#61; #36;CI_DEFAULT_BRANCH<br>protected refs only"]
  end
  subgraph environments["environments"]
    env0(["review/mr#45;#36;CI_MERGE_REQUEST_IID<br>namespace example-review<br>one for each merge request"])
    env1(["production<br>namespace example<br>protected"])
  end
  job0 -->|"artifacts public"| job1
  job1 -->|"dotenv IMAGE"| job2
  job2 -->|"artifacts dist/#36;CI_PIPELINE_ID/"| job3
  job2 -->|"artifacts dist/#36;CI_PIPELINE_ID/"| job4
  job3 ==>|"KUBE_ID_TOKEN, id_token for cluster-1"| env0
  job4 ==>|"KUBE_ID_TOKEN, id_token for cluster-1"| env1
"
`);
});

describe('a stage', () => {
  test('is a subgraph in the order of the file, between .pre and .post', () => {
    const model = pipelineModel();
    const jobs = [jobModel('late', '.post'), jobModel('early', '.pre'), jobModel('unlisted', 'verify'), ...model.jobs];

    expect(linesOf(jobs).filter((line) => line.startsWith('subgraph stage'))).toEqual(
      ['.pre', 'build', 'image', 'synth', 'deploy', 'verify', '.post'].map((stage, index) => `subgraph stage${index}["${stage}"]`));
  });

  test('without jobs is left out', () => {
    expect(linesOf([jobModel('a', 'image')], { targets: [] })).toEqual(['flowchart LR', 'subgraph stage0["image"]', 'job0["a"]', 'end', '']);
  });
});

describe('the condition of a job', () => {
  test.each<[string, Partial<JobModel>, string]>([
    ['has no words without rules', {}, ''],
    ['is the `if` of its rule', { rules: [DEFAULT_BRANCH] }, '<br>if $CI_COMMIT_BRANCH == $CI_DEFAULT_BRANCH'],
    ['says that the job is manual', { rules: [{ ...DEFAULT_BRANCH, when: 'manual' }], manual: true }, '<br>manual if $CI_COMMIT_BRANCH == $CI_DEFAULT_BRANCH'],
    ['says that a job without rules is manual', { manual: true }, '<br>manual'],
    ['names each rule in its order', { rules: [{ if: '$A', when: 'never' }, { if: '$B', when: 'on_failure' }, { when: 'on_success' }] },
      '<br>never if $A<br>on failure if $B<br>otherwise'],
    ['names files', { rules: [{ if: '$A', changes: ['a/**', 'b'], exists: ['Dockerfile'], when: 'on_success' }] }, '<br>if $A and a/**, b changed and Dockerfile exists'],
    ['has no words for a rule that always matches', { rules: [{ when: 'on_success' }] }, ''],
    ['says that the job is for protected refs', { protected: true, rules: [DEFAULT_BRANCH] }, '<br>if $CI_COMMIT_BRANCH == $CI_DEFAULT_BRANCH<br>protected refs only'],
    ['does not repeat a rule for protected refs', { protected: true, rules: [{ if: '$CI_COMMIT_REF_PROTECTED == "true"', when: 'always' }] },
      '<br>always if $CI_COMMIT_REF_PROTECTED == "true"'],
    ['names an environment that is no target', { environment: 'elsewhere' }, '<br>environment elsewhere'],
    ['names the environment of a job that only uses its variables', { environment: 'staging', action: 'uses' }, '<br>environment staging'],
    ['names no environment that has an arrow', { environment: 'staging' }, ''],
  ])('%s', (_, more, expected) => {
    expect(linesOf([jobModel('a', 'build', more)])).toContain(`job0["a${expected}"]`);
  });

  test('names earlier stages for a job without needs, but not in the first stage', () => {
    expect(linesOf([jobModel('first', 'build'), jobModel('second', 'deploy')])).toEqual(
      expect.arrayContaining(['job0["first"]', 'job1["second<br>after all earlier stages"]']));
  });
});

describe('the arrow of a need', () => {
  const arrows = (jobs: readonly JobModel[]) => linesOf(jobs).filter((line) => line.includes('-->'));

  test('names the artifacts and the variables that the job gets', () => {
    expect(arrows(pipelineModel().jobs)).toEqual([
      'job0 -->|"artifacts public"| job1',
      'job1 -->|"dotenv IMAGE"| job2',
      'job2 -->|"artifacts dist/$CI_PIPELINE_ID/"| job3',
      'job2 -->|"artifacts dist/$CI_PIPELINE_ID/"| job4',
      'job3 --> job4',
    ]);
  });

  test.each<[string, boolean, string[], string[], string[], string]>([
    ['has no label without artifacts', false, ['public'], ['IMAGE'], ['IMAGE'], ''],
    ['names both kinds', true, ['public'], ['IMAGE'], ['IMAGE'], '|"artifacts public<br>dotenv IMAGE"|'],
    ['names only variables that the job reads', true, [], ['A', 'B', 'C'], ['A', 'C'], '|"dotenv A, C"|'],
    ['names the pipeline of a variable when it comes alone', true, [], ['IMAGE_PIPELINE_ID'], ['IMAGE_PIPELINE_ID'], '|"dotenv IMAGE_PIPELINE_ID"|'],
  ])('%s', (_, artifacts, paths, gives, takes, expected) => {
    const jobs = [jobModel('a', 'build', { artifacts: paths, gives }), jobModel('b', 'deploy', { takes, needs: [{ job: 'a', artifacts }] })];

    expect(arrows(jobs)).toEqual([`job0 -->${expected} job1`]);
  });

  test('is left out for a job that is not in the pipeline', () => {
    expect(arrows([jobModel('a', 'build', { needs: [{ job: 'optional', artifacts: true }] })])).toEqual([]);
  });

  test('is drawn for needs in a circle, which GitLab rejects', () => {
    const jobs = [jobModel('a', 'build', { needs: [{ job: 'b', artifacts: true }] }), jobModel('b', 'build', { needs: [{ job: 'a', artifacts: true }] })];

    expect(arrows(jobs)).toEqual(['job1 --> job0', 'job0 --> job1']);
  });
});

describe('the credential of a job', () => {
  const held = (more: Partial<JobModel>) => linesOf([jobModel('a', 'deploy', more)]).filter((line) => /^job\d+ [-=]|^key/.test(line));

  test.each<[string, Partial<JobModel>, string[]]>([
    ['is on the arrow to its environment', { environment: 'staging', holds: [KUBECONFIG] }, ['job0 ==>|"KUBECONFIG, masked variable for staging"| env0']],
    ['of an agent is for every environment', { environment: 'staging', holds: [AGENT] }, ['job0 ==>|"KUBECONFIG, GitLab agent group/infra:prod"| env0']],
    ['is on the arrow of a job that stops the environment', { environment: 'staging', action: 'stops', holds: [AGENT] },
      ['job0 -.->|"stops<br>KUBECONFIG, GitLab agent group/infra:prod"| env0']],
    ['comes from a node of its own for a job that only uses an environment', { environment: 'staging', action: 'uses', holds: [KUBECONFIG, ID_TOKEN] },
      ['key0{{"masked variable for staging"}}', 'key0 -.->|"KUBECONFIG"| job0', 'key1{{"id_token for cluster-1"}}', 'key1 -.->|"KUBE_ID_TOKEN"| job0']],
    ['comes from a node of its own for an environment that is no target', { environment: 'elsewhere', holds: [ID_TOKEN] },
      ['key0{{"id_token for cluster-1"}}', 'key0 -.->|"KUBE_ID_TOKEN"| job0']],
    ['may be missing', { environment: 'staging' }, ['job0 ==> env0']],
  ])('%s', (_, more, expected) => {
    expect(held(more)).toEqual(expected);
  });
});

/** The part of Mermaid's grammar that the flowchart uses. Labels have no character that means something to Mermaid or to Markdown. */
const LABEL = '"(?! |<br>)(?:<br>|[\\p{L}\\p{N} ,/_-]|#\\d+;)*"';
const NODE = `(?:\\[${LABEL}\\]|\\(\\[${LABEL}\\]\\)|\\{\\{${LABEL}\\}\\})`;
const GRAMMAR = new RegExp(`^(?:flowchart LR|  subgraph \\w+\\[${LABEL}\\]|  end| {2,4}\\w+${NODE}|  \\w+ (?:-->|==>|-\\.->)(?:\\|${LABEL}\\|)? \\w+|)$`, 'u');

test('any text of a pipeline stays text in labels', () => {
  const text = fc.oneof(fc.string({ unit: 'binary' }), fc.constantFrom(
    '"]', '"><script>alert(1)</script>', '#quot;', '`**a**`', '%%{init: {}}%%', 'end', '1. a', '1) a', '- a', '__a__', 'style a:#b;', 'www.example.com',
    '\u001b[31m\u202e', 'a\n  b --> c', 'ﬂ°°34¶ß', ' ', '    a'));
  fc.assert(fc.property(fc.array(text, { minLength: 9, maxLength: 9 }), (texts) => {
    const [name = '', stage = '', environment = '', namespace = '', condition = '', path = '', variable = '', kind = '', other = ''] = texts;
    const job = jobModel(name, stage, {
      environment,
      rules: [{ if: condition, changes: [path], when: 'manual' }],
      artifacts: [path],
      holds: [{ variable, kind, source: 'variable' }],
    });
    const jobs = [job, { ...job, name: other, environment: other, needs: [{ job: name, artifacts: true }] }];
    const flowchart = mermaid({ ...pipelineModel([{ ...PRODUCTION, environment, namespace }]), stages: [stage], jobs });

    expect(flowchart.split('\n').filter((line) => !GRAMMAR.test(line))).toEqual([]);
    // Mermaid drops the last semicolon of a line that matches this.
    expect(flowchart).not.toMatch(/(?:style|classDef).*:\S*#.*;/);
  }));
});

test('control characters are escaped in labels', () => {
  expect(linesOf([jobModel('\u001b[31ma\u202e', 'build')])).toContain('job0["\\u001b[31ma\\u202e"]');
});
