import { gitlabJob } from '../../examples/gitlab-job';
import { CiImage, GitlabImageOptions } from '../../src/index';
import { messageOf, namespacedChart, rawObject, synth } from '../support/synth';

const digest = `sha256:${'0123456789abcdef'.repeat(4)}`;

function lookup(variables: { [name: string]: string | undefined }, options: GitlabImageOptions = {}) {
  const ciVariables = JSON.parse(JSON.stringify(variables));
  return CiImage.fromGitlab({ ...options, ciVariables }).lookup();
}

describe('CiImage.fromGitlab in a job', () => {
  test('returns the reference of the image job, and its source', () => {
    const { reference, source } = lookup(gitlabJob);
    expect(reference.toString()).toBe('registry.example.com/group/site:1ecfd275-4711-12345');
    expect(source).toBe('variable IMAGE of pipeline 4711');
  });

  test('reads another variable for a second application', () => {
    const variables = { ...gitlabJob, API_IMAGE: 'registry.example.com/group/site/api:1', API_IMAGE_PIPELINE_ID: '4711' };
    expect(lookup(variables, { variable: 'API_IMAGE' }).reference.repository).toBe('group/site/api');
  });

  test('never uses the local reference', () => {
    expect(() => lookup({ ...gitlabJob, IMAGE: undefined }, { local: 'site:dev' })).toThrow('variable IMAGE: it is not set');
    expect(() => lookup({ ...gitlabJob, CI: undefined, IMAGE: undefined }, { local: 'site:dev' })).toThrow('it is not set');
  });

  test.each([
    ['no image', { IMAGE: undefined }, 'it is not set, expected the reference of the image that this pipeline built; add the image job, whose dotenv report contains IMAGE, to this job\'s needs'],
    ['an empty image', { IMAGE: '' }, 'variable IMAGE: '],
    ['the placeholder', { IMAGE: 'IMAGE' }, 'it is the placeholder "IMAGE", expected an image reference'],
    ['an unexpanded variable', { IMAGE: '$CI_REGISTRY_IMAGE:1' }, '$CI_REGISTRY_IMAGE:1'],
    ['the tag latest', { IMAGE: 'registry.example.com/group/site:latest' }, 'has the mutable tag "latest", expected a tag that is pushed once'],
    ['no tag', { IMAGE: 'registry.example.com/group/site' }, 'has no tag'],
    ['the branch as tag', { IMAGE: 'registry.example.com/group/site:main' }, 'has the mutable tag "main"'],
    ['an upper-case repository', { IMAGE: 'registry.example.com/Group/site:1' }, '"Group/site" has upper-case letters'],
    ['a tag over 128', { IMAGE: `registry.example.com/group/site:${'a'.repeat(129)}` }, '128'],
    ['a short digest', { IMAGE: 'registry.example.com/group/site@sha256:abc' }, 'sha256:abc'],
    ['a trailing newline', { IMAGE: 'registry.example.com/group/site:1\n' }, '\\n'],
    ['a trailing space', { IMAGE: 'registry.example.com/group/site:1 ' }, 'site:1 "'],
    ['another registry', { IMAGE: 'evil.example.com/group/site:1' }, '"evil.example.com/group/site", expected an image in "registry.example.com/group/site"'],
    ['a repository with the same prefix', { IMAGE: 'registry.example.com/group/site2:1' }, 'expected an image in'],
    ['no project registry', { CI_REGISTRY_IMAGE: undefined }, 'but CI_REGISTRY_IMAGE is not set'],
    ['an image of another pipeline', { IMAGE_PIPELINE_ID: '4710' }, 'IMAGE_PIPELINE_ID is "4710", expected this pipeline\'s id "4711"'],
    ['an image of no pipeline', { IMAGE_PIPELINE_ID: undefined }, 'IMAGE_PIPELINE_ID is nothing'],
    ['a job without a pipeline', { CI_PIPELINE_ID: undefined, IMAGE_PIPELINE_ID: undefined }, 'expected this pipeline\'s id nothing'],
  ])('refuses %s', (_, change, message) => {
    const text = messageOf(() => lookup({ ...gitlabJob, ...change }));
    expect(text).toContain(message);
    expect(text).toMatch(/^variable IMAGE: [^\n]+, expected [^\n]+; [^\n]+$/);
  });
});

describe('CiImage.fromGitlab outside CI', () => {
  test('returns the local reference when the variable is not set', () => {
    const { reference, source } = lookup({}, { local: 'site:dev' });
    expect([reference.toString(), source]).toEqual(['site:dev', 'local stand-in']);
  });

  test('prefers the variable to the local reference', () => {
    expect(lookup({ IMAGE: 'site:1' }, { local: 'site:dev' }).source).toBe('variable IMAGE');
  });

  test('refuses a missing variable and suggests a local reference', () => {
    expect(() => lookup({})).toThrow('set it, or pass a reference as `local` for use outside CI');
  });

  test('refuses an empty variable even with a local reference', () => {
    expect(() => lookup({ IMAGE: '' }, { local: 'site:dev' })).toThrow('variable IMAGE: ');
  });
});

describe('the policy of an image', () => {
  test('allows every tag with a digest', () => {
    expect(CiImage.of(`site:latest@${digest}`).resolve()).toBe(`site:latest@${digest}`);
  });

  test('can require a digest', () => {
    expect(() => CiImage.of('site:1', { requireDigest: true }).lookup()).toThrow('has no digest');
    expect(CiImage.of(`site@${digest}`, { requireDigest: true }).resolve()).toBe(`site@${digest}`);
  });

  test('can allow a mutable tag', () => {
    expect(CiImage.of('site', { allowMutableTag: true }).resolve()).toBe('site');
  });

  test('allows the name of the Git tag in a tag pipeline', () => {
    const release = { ...gitlabJob, CI_COMMIT_TAG: 'v1', CI_COMMIT_REF_SLUG: 'v1', IMAGE: 'registry.example.com/group/site:v1' };
    expect(lookup(release).reference.tag).toBe('v1');
  });

  test.each([
    ['registry.example.net', 'registry.example.net/a/b:1', true],
    ['registry.example.net/a', 'registry.example.net/a/b:1', true],
    ['registry.example.net/a/', 'registry.example.net/a/b:1', true],
    ['registry.example.net/a/b', 'registry.example.net/a/b:1', true],
    ['registry.example.net/a/b', 'registry.example.net/a/bc:1', false],
    ['registry.example.net', 'registry.example.net:5000/a:1', false],
    ['docker.io', 'nginx:1.27', true],
    ['docker.io/library', 'nginx:1.27', true],
  ])('compares the allowed registry %s with the image %s: %s', (allowed, image, accepted) => {
    const act = () => CiImage.of(image, { allowedRegistries: [allowed] }).lookup();
    if (accepted) expect(act).not.toThrow();
    else expect(act).toThrow('expected an image in');
  });

  test('allows every registry for an image of the program', () => {
    expect(CiImage.of('nginx:1.27').lookup().source).toBe('given in the program');
  });

  test('allows an environment variable of any pipeline, but in a job only from the project\'s registry', () => {
    const options = { ciVariables: { ...gitlabJob, BASE: 'nginx:1.27' } };
    expect(() => CiImage.fromEnvironment('BASE', options).lookup()).toThrow('variable BASE: "nginx:1.27" is in "docker.io/library/nginx"');
    expect(CiImage.fromEnvironment('BASE', { ...options, allowedRegistries: ['docker.io'] }).lookup().source).toBe('variable BASE');
    expect(() => CiImage.fromEnvironment('NONE', options).lookup()).toThrow('variable NONE: it is not set');
  });
});

test('the image is looked up when an object is rendered', () => {
  const ciVariables: { [name: string]: string } = {};
  const chart = namespacedChart();
  rawObject(chart, 'job', { apiVersion: 'batch/v1', kind: 'Job', spec: { template: { spec: { containers: [{ name: 'a', image: CiImage.fromGitlab({ ciVariables }) }] } } } });
  Object.assign(ciVariables, gitlabJob);
  expect(synth(chart)[0].spec.template.spec.containers[0].image).toBe(gitlabJob.IMAGE);
});

test('the variables of the process are read when none are passed', () => {
  const before = process.env.SITE_IMAGE;
  process.env.SITE_IMAGE = 'site:1';
  try {
    expect(CiImage.fromEnvironment('SITE_IMAGE', { allowedRegistries: ['docker.io'] }).resolve()).toBe('site:1');
  } finally {
    if (before === undefined) delete process.env.SITE_IMAGE;
    else process.env.SITE_IMAGE = before;
  }
});

test('a later change of the allowed registries has no effect', () => {
  const allowedRegistries = ['registry.example.net'];
  const image = CiImage.of('nginx:1.27', { allowedRegistries });
  allowedRegistries.push('docker.io');
  expect(() => image.lookup()).toThrow('expected an image in "registry.example.net"');
});
