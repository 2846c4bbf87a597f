import { differenceIn, ownershipIn, RecordedEvent } from './ownership';
import { JsonObject } from '../../src/base/json';
import { OWNER_LABEL } from '../../src/release/release-names';

type App = 'a' | 'b';

const WRITERS = { apps: new Map<string, App>([['user-a', 'a'], ['user-b', 'b']]), owners: new Map<string, App>([['owner-a', 'a'], ['owner-b', 'b']]) };

interface EventOptions {
  readonly uid?: string;
  readonly version?: number;
  readonly code?: number;
  readonly dryRun?: boolean;
  /** The owner label that the answer has. */
  readonly owner?: string;
}

let count = 0;

function event(user: string, verb: string, options: EventOptions, content = ''): RecordedEvent {
  const { uid = 'u1', version = count + 1, code = 200, dryRun = false, owner } = options;
  count += 1;
  const metadata: JsonObject = { uid, resourceVersion: String(version), labels: owner === undefined ? {} : { [OWNER_LABEL]: owner } };
  return {
    verb,
    requestURI: `/api/v1/namespaces/n/configmaps/c${dryRun ? '?dryRun=All' : ''}`,
    requestReceivedTimestamp: String(count).padStart(9, '0'),
    user: { username: user },
    objectRef: { resource: 'configmaps', name: 'c' },
    responseStatus: { code },
    requestObject: { kind: 'ConfigMap', data: { content } },
    responseObject: { kind: 'ConfigMap', metadata },
  };
}

function applied(app: App, options: EventOptions = {}, content = ''): RecordedEvent {
  return event(`user-${app}`, 'patch', { owner: `owner-${app}`, ...options }, content);
}

function deleted(user: string, uid = 'u1'): RecordedEvent {
  return { ...event(user, 'delete', {}), requestObject: { kind: 'DeleteOptions' }, responseObject: { kind: 'Status', details: { uid } } };
}

const foreignIn = (...events: RecordedEvent[]) => ownershipIn(events, WRITERS).foreign;
const heldIn = (...events: RecordedEvent[]) => {
  const { held } = ownershipIn(events, WRITERS);
  return held.map(({ app, uid, applied: { data } }) => [app, uid, (data as JsonObject).content]);
};

beforeEach(() => {
  count = 0;
});

describe('a write', () => {
  test('of an object that the application has made itself is not foreign', () => {
    expect(foreignIn(applied('a'), applied('a'), deleted('user-a'))).toEqual([]);
  });

  test('of an object that another application has made is foreign', () => {
    expect(foreignIn(applied('b'), applied('a'))).toEqual([{ by: 'a', of: 'b', write: 'patch configmaps c' }]);
  });

  test('that deletes an object that another application has made is foreign', () => {
    expect(foreignIn(applied('b'), deleted('user-a'))).toEqual([{ by: 'a', of: 'b', write: 'delete configmaps c' }]);
  });

  test('of an object that another application has taken over by a foreign write is foreign as well', () => {
    expect(foreignIn(applied('b'), applied('a'), applied('b'))).toHaveLength(2);
  });

  test('of a new object of the same name is not foreign', () => {
    expect(foreignIn(applied('b'), deleted('user-b'), applied('a', { uid: 'u2' }))).toEqual([]);
  });

  test('of an object without an owner is not foreign', () => {
    expect(foreignIn(event('admin', 'create', {}), applied('a'))).toEqual([]);
  });

  test('of an object that an administrator has released is not foreign', () => {
    expect(foreignIn(applied('b'), event('admin', 'patch', {}), applied('a'))).toEqual([]);
  });

  test.each<[string, EventOptions]>([['that is a dry run', { dryRun: true }], ['that the server refused', { code: 409 }]])('%s is not foreign', (_, options) => {
    expect(foreignIn(applied('b'), applied('a', options))).toEqual([]);
  });

  test('is judged by the order of the resource versions, whatever the order of the events is', () => {
    const [made, taken] = [applied('b', { version: 9 }), applied('a', { version: 10 })];
    expect(foreignIn(taken, made)).toEqual([{ by: 'a', of: 'b', write: 'patch configmaps c' }]);
  });

  test('that does not say which object it was is an error', () => {
    expect(() => foreignIn({ ...applied('a'), responseObject: { kind: 'Status' } })).toThrow('does not say which object');
  });
});

describe('an application holds an object', () => {
  test('with the contents that it has applied last', () => {
    expect(heldIn(applied('a', {}, 'one'), applied('a', {}, 'two'))).toEqual([['a', 'u1', 'two']]);
  });

  test('also when another application has changed or deleted it', () => {
    expect(heldIn(applied('b', {}, 'one'), applied('a', {}, 'two'))).toEqual([['b', 'u1', 'one']]);
    expect(heldIn(applied('b', {}, 'one'), deleted('user-a'))).toEqual([['b', 'u1', 'one']]);
  });

  test('until it deletes the object', () => {
    expect(heldIn(applied('a'), deleted('user-a'))).toEqual([]);
  });

  test('until an administrator deletes or releases the object', () => {
    expect(heldIn(applied('a'), deleted('admin'))).toEqual([]);
    expect(heldIn(applied('a'), event('admin', 'patch', {}))).toEqual([]);
  });
});

test.each<[string, unknown, unknown, string | undefined]>([
  ['nothing when the server has added fields', { data: { a: '1' } }, { data: { a: '1' }, status: {} }, undefined],
  ['nothing when the server has left out what is empty', { env: [], annotations: {} }, {}, undefined],
  ['the field that is another', { data: { a: '1' } }, { data: { a: '2' } }, 'data.a'],
  ['the field that is missing', { data: { a: '1' } }, {}, 'data.a'],
  ['the list that is longer', { items: [1] }, { items: [1, 2] }, 'items'],
  ['the item that is another', { items: [{ image: 'a' }] }, { items: [{ image: 'b' }] }, 'items[0].image'],
])('the difference is %s', (_, wanted, live, difference) => {
  expect(differenceIn(wanted, live)).toBe(difference);
});
