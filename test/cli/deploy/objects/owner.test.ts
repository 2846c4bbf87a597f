import type { JsonObject } from '../../../../src/base/json';
import { Owner, ownerInWords } from '../../../../src/cli/deploy/objects/owner';

const identity = { project: '42', environment: 'production', app: 'web' };
const owner = new Owner(identity, 'example');
const other = new Owner({ ...identity, app: 'shop' }, 'example');
const object: JsonObject = { metadata: { name: 'settings', labels: { kept: 'yes' }, annotations: { kept: 'yes' } } };

const withoutLabels = ({ metadata }: JsonObject): JsonObject => ({ metadata: { ...metadata as JsonObject, labels: {} } });

describe('an owner', () => {
  test('marks an object and keeps its other labels and annotations', () => {
    const { labels, annotations } = owner.marks;
    expect(owner.mark(object)).toEqual({ metadata: { name: 'settings', labels: { kept: 'yes', ...labels }, annotations: { kept: 'yes', ...annotations } } });
  });

  test.each<[string, JsonObject, string]>([
    ['recognizes its own object', owner.mark(object), 'ours'],
    ['recognizes the object of another application', other.mark(object), 'another\'s'],
    ['recognizes an object without an owner', object, 'nobody\'s'],
    ['recognizes an object that it released', withoutLabels(owner.mark(object)), 'released'],
    ['treats an object that another application released as unowned', withoutLabels(other.mark(object)), 'nobody\'s'],
    ['distinguishes equal applications of two namespaces', new Owner(identity, 'elsewhere').mark(object), 'another\'s'],
  ])('%s', (_, live, expected) => {
    expect(owner.of(live)).toBe(expected);
  });

  test('owns the objects of its former identity during a take-over, but does not call them marked', () => {
    const renamed = new Owner({ ...identity, app: 'site' }, 'example', identity);
    expect([renamed.of(owner.mark(object)), renamed.isMarked(owner.mark(object)), renamed.isMarked(renamed.mark(object))]).toEqual(['ours', false, true]);
    expect([...renamed.formerManagers]).toEqual(['cdk8s-ci-deploy', owner.manager]);
  });

  test('takes over the fields of other deploy tools only when it adopts an object', () => {
    expect([owner.join({ adopted: false }).tools?.('helm'), owner.join({ adopted: true }).tools?.('helm')]).toEqual([false, true]);
  });

  test('has another field manager than every other application', () => {
    expect(owner.manager).not.toBe(other.manager);
  });
});

describe('ownerInWords', () => {
  test('names application, environment and project, and escapes control characters', () => {
    const odd = new Owner({ ...identity, app: 'a\u001b[31m' }, 'example');
    expect(ownerInWords(odd.mark(object))).toBe('application a\\u001b[31m, environment production, project 42');
  });

  test.each([undefined, 'not json', '[]', '{}'])('names no application when the annotation is %j', (text) => {
    expect(ownerInWords({ metadata: { annotations: text === undefined ? {} : { 'cdk8s-ci-deploy/release-of': text } } })).toBe('another application');
  });
});
