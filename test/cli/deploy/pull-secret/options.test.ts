import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CredentialSources, PullCredentials, pullCredentials } from '../../../../src/cli/deploy/pull-secret/options';
import { Files } from '../../../../src/cli/io/files';
import { CiVariables } from '../../../../src/gitlab/ci-variables';

const DEPLOY_TOKEN = { CI_REGISTRY: 'registry.example.com', CI_DEPLOY_USER: 'gitlab+deploy-token-7', CI_DEPLOY_PASSWORD: 'gldt-0123456789' };
const JOB = { CI_JOB_TOKEN: 'eyJ0.job', CI_REGISTRY_USER: 'gitlab-ci-token', CI_REGISTRY_PASSWORD: 'eyJ0.job' };

/** Where GitLab puts variables of type file. */
let folder: string;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'variables-'));
});

afterAll(() => rmSync(folder, { recursive: true, force: true }));

async function credentials(variables: CiVariables, sources: CredentialSources): Promise<PullCredentials> {
  return pullCredentials({ files: new Files({ cwd: folder, stdin: process.stdin }), variables }, sources);
}

function file(name: string, content: string): string {
  writeFileSync(join(folder, name), content);
  return join(folder, name);
}

test('the default is the deploy token of the project, for the registry of its GitLab', async () => {
  expect(await credentials({ ...DEPLOY_TOKEN, ...JOB }, {})).toEqual({ registry: 'registry.example.com', username: 'gitlab+deploy-token-7', password: 'gldt-0123456789' });
});

test('options name other variables and another registry', async () => {
  const variables = { ...DEPLOY_TOKEN, ROBOT: 'robot', ROBOT_KEY: 'key-0123' };
  expect(await credentials(variables, { userVariable: 'ROBOT', passwordVariable: 'ROBOT_KEY', registry: 'harbor.example.com:5050/team' }))
    .toEqual({ registry: 'harbor.example.com:5050/team', username: 'robot', password: 'key-0123' });
});

test('a variable of type file is read from its file', async () => {
  const variables = { ...DEPLOY_TOKEN, ROBOT: file('ROBOT', 'robot\n'), ROBOT_KEY: file('ROBOT_KEY', 'key-0123\r\n') };
  expect(await credentials(variables, { userVariable: 'ROBOT', passwordVariable: 'ROBOT_KEY' }))
    .toEqual({ registry: 'registry.example.com', username: 'robot', password: 'key-0123' });
});

test('a password that is also the name of a file in the job\'s folder stays a password', async () => {
  file('hunter2', 'none');
  expect(await credentials({ ...DEPLOY_TOKEN, CI_DEPLOY_PASSWORD: 'hunter2' }, {})).toMatchObject({ password: 'hunter2' });
  expect(await credentials({ ...DEPLOY_TOKEN, CI_DEPLOY_PASSWORD: '/slashed/+=' }, {})).toMatchObject({ password: '/slashed/+=' });
});

test('files with invalid content are rejected without their content', async () => {
  const attempt = async (password: string) => credentials({ ...DEPLOY_TOKEN, ...JOB, MINE: password }, { passwordVariable: 'MINE' });
  await expect(attempt(file('job', JOB.CI_JOB_TOKEN))).rejects.toThrow(/^MINE: it is the token of this job/);
  await expect(attempt(file('empty', '\n'))).rejects.toThrow(/^MINE: it is missing or empty/);
  await expect(attempt(file('lines', 'l1ne\ntwo\n'))).rejects.toThrow(/^MINE: its value has white space/);
  await expect(attempt('/builds/group/web.tmp/MINE')).rejects.toThrow(/^MINE: it is of type file, and the file does not exist in this job/);
});

test.each<[string, object, object, RegExp]>([
  ['CI_REGISTRY_PASSWORD', {}, { userVariable: 'CI_REGISTRY_USER', passwordVariable: 'CI_REGISTRY_PASSWORD' }, /^CI_REGISTRY_PASSWORD: it is the token of this job, which expires with/],
  ['CI_JOB_TOKEN', {}, { passwordVariable: 'CI_JOB_TOKEN' }, /^CI_JOB_TOKEN: it is the token of this job/],
  ['CI_JOB_TOKEN, also when it is not set', { CI_JOB_TOKEN: undefined }, { passwordVariable: 'CI_JOB_TOKEN' }, /^CI_JOB_TOKEN: it is the token of this job/],
  ['the token of the job under another name', { MINE: 'eyJ0.job' }, { passwordVariable: 'MINE' }, /^MINE: it is the token of this job/],
  ['a token of a job by its prefix', { CI_DEPLOY_PASSWORD: 'glcbt-64_abc' }, {}, /^CI_DEPLOY_PASSWORD: it is the token of this job/],
  ['the user of job tokens', { CI_DEPLOY_USER: 'gitlab-ci-token' }, {}, /it is the token of this job/],
  ['no password', { CI_DEPLOY_PASSWORD: undefined }, {}, /^CI_DEPLOY_PASSWORD: it is missing or empty, .* create a deploy token named gitlab-deploy-token/],
  ['an empty user', { CI_DEPLOY_USER: '' }, {}, /^CI_DEPLOY_USER: it is missing or empty/],
  ['a variable that was not expanded', { MINE: '$CI_DEPLOY_PASSWORD' }, { passwordVariable: 'MINE' }, /^MINE: its value is the name of another variable/],
  ['several lines', { CI_DEPLOY_PASSWORD: 'l1ne\ntwo' }, {}, /^CI_DEPLOY_PASSWORD: its value has white space/],
  ['a user with a colon, which no registry takes', { CI_DEPLOY_USER: 'a:b' }, {}, /^CI_DEPLOY_USER: its value has ":" in it/],
  ['a value in place of a name', {}, { passwordVariable: 'not-s3cr3t' }, /^--pull-secret: an option has no valid name of a variable, expected the name of a variable/],
  ['no registry', { CI_REGISTRY: undefined }, {}, /^CI_REGISTRY: it is missing or empty/],
  ['a registry with a scheme', {}, { registry: 'https://registry.example.com' }, /^--pull-secret-registry: "https:\/\/registry.example.com", expected a host/],
  ['what is no host', {}, { registry: 'gitlab' }, /^--pull-secret-registry: "gitlab"/],
])('%s is rejected without its value', async (_, variables, sources, expected) => {
  const message = await credentials({ ...DEPLOY_TOKEN, ...JOB, ...variables }, sources).then(() => '', (error: Error) => error.message);
  expect(message).toMatch(expected);
  expect(message).not.toMatch(/eyJ0|gldt-|glcbt|s3cr3t|l1ne|a:b/);
});
