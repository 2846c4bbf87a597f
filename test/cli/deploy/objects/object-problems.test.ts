import { userError } from '../../../../src/base/user-error';
import { ExitCode, Failure } from '../../../../src/cli/base/failure';
import { ApiError } from '../../../../src/cli/cluster/status';
import { bothChecked, explain, isFieldConflict, Problems, ReleaseRejected } from '../../../../src/cli/deploy/objects/object-problems';

const OBJECT = { at: 'app.yaml:1:1', apiVersion: 'apps/v1', kind: 'Deployment', name: 'web', value: {} };

function apiError(code: number, message: string, details: object = {}): ApiError {
  return new ApiError('patch deployments web', code, { kind: 'Status', message, details });
}

describe('explain', () => {
  test.each<[string, ApiError, object]>([
    ['removes the kind and name from an invalid value, and names the field to change',
      apiError(422, 'Deployment.apps "web" is invalid: spec.replicas: Invalid value: -1', { causes: [{ reason: 'FieldValueInvalid', message: 'Invalid value: -1', field: 'spec.replicas' }] }),
      { given: 'spec.replicas: got -1', fix: 'change it in the manifest', isAccess: false }],
    ['keeps the text of an invalid object without known causes',
      apiError(422, 'Deployment.apps "web" is invalid: it is odd'), { given: 'it is odd', fix: 'change the manifest accordingly', more: [] }],
    ['suggests another name for an immutable field of a cause',
      apiError(422, 'x is invalid', { causes: [{ reason: 'FieldValueInvalid', message: 'Invalid value: {"a":"b"}: field is immutable', field: 'spec.selector' }] }),
      { given: 'spec.selector: field is immutable', fix: 'give the object another name, or delete it first' }],
    ['names the other field managers of a conflict',
      apiError(409, 'Apply failed with 1 conflict', { causes: [{ reason: 'FieldManagerConflict', message: 'conflict with "kubectl-edit" using v1', field: '.spec.replicas' }] }),
      { given: '"kubectl-edit" manages .spec.replicas', fix: 'remove the fields from the manifest, or take them over (--force-conflicts)' }],
    ['suggests a higher quota', apiError(403, 'pods "web" is forbidden: exceeded quota: q'), { given: 'exceeded quota: q', fix: expect.stringContaining('ResourceQuota') }],
    ['suggests a new credential', apiError(401, 'Unauthorized'), { fix: 'renew the credential' }],
    ['blames the policy for an admission webhook', apiError(400, 'admission webhook "w" denied the request'), { fix: 'meet the policy of the cluster that rejected it' }],
    ['suggests another name for an immutable field', apiError(422, 'x: field is immutable'), { fix: 'give the object another name, or delete it first' }],
  ])('%s', (_, error, expected) => {
    expect(explain(OBJECT, error)).toMatchObject(expected);
  });
});

test('isFieldConflict distinguishes a conflict of field managers from other conflicts', () => {
  expect(isFieldConflict(apiError(409, 'conflict', { causes: [{ reason: 'FieldManagerConflict' }] }))).toBe(true);
  expect(isFieldConflict(apiError(409, 'the object has been modified'))).toBe(false);
});

describe('Problems', () => {
  const problem = (given: string) => userError({ given, expected: 'another', fix: 'change it' });
  const failing = (error: Error) => () => {
    throw error;
  };

  test('returns the result of a check', () => {
    const problems = new Problems();
    expect(problems.attempt(() => 'result')).toBe('result');
    expect(() => problems.check('the manifests')).not.toThrow();
  });

  test('reports a single problem as it is', () => {
    const problems = new Problems();
    expect(problems.attempt(failing(problem('one')))).toBeUndefined();
    expect(() => problems.check('the manifests')).toThrow(problem('one'));
  });

  test('reports several problems together', () => {
    const problems = new Problems();
    problems.add(problem('one'));
    problems.add(problem('two'));
    expect(() => problems.check('the manifests')).toThrow(/^2 problems in the manifests\n {2}one, .*\n {2}two, /);
  });

  test('does not collect a bug', () => {
    expect(() => new Problems().attempt(failing(new TypeError('bug')))).toThrow('bug');
  });
});

describe('explain, for a Secret,', () => {
  const secret = { at: 'app.yaml:1:1', apiVersion: 'v1', kind: 'Secret', name: 'web', value: {} };

  test.each([
    ['failed to create typed patch object (ns/web; /v1, Kind=Secret): .stringData.pin: expected string, got &value.valueUnstructured{Value:12345678}', 'stringData.pin: expected a text'],
    ['failed to create typed patch object (ns/web; /v1, Kind=Secret): errors:\n  .data.a: expected string, got &value.valueUnstructured{Value:map[string]interface {}{"b":"hunter22\n} x"}}\n  .data.b: expected string, got hunter22',
      'data.a: expected a text; data.b: expected a text'],
    ['something with &value.valueUnstructured{Value:"hunter22"}', 'something with another value'],
    ['Secret "web" is invalid: data[a]: Invalid value: "hunter22": must be short', 'data[a]: Invalid value: (hidden): must be short'],
    ['Secret "web" is invalid: [type: Invalid value: "hunter\\"22": field is immutable, data: Unsupported value: 12345678: no]',
      '[type: Invalid value: (hidden): field is immutable, data: Unsupported value: (hidden): no]'],
  ])('shows no value of a Secret: %s', (message, given) => {
    const { more = [], ...first } = explain(secret, apiError(422, message));
    expect([first, ...more].map((problem) => problem.given).join('; ')).toBe(given);
  });

  test('shows the value of another object', () => {
    expect(explain({ ...secret, kind: 'Service' }, apiError(422, 'Service "web" is invalid: spec.type: Unsupported value: "x": supported values')).given)
      .toBe('spec.type: Unsupported value: "x": supported values');
  });
});

describe('bothChecked', () => {
  const rejected = (name: string, total: number, isAccess = false) => new ReleaseRejected([{ object: { ...OBJECT, name }, given: 'wrong', fix: 'change it', isAccess }], total);
  const failed = async (one: unknown, other: unknown) => bothChecked(Promise.reject(one), Promise.reject(other)).catch((error: unknown) => error);

  test('returns both results', async () => {
    expect(await bothChecked(Promise.resolve(1), Promise.resolve('a'))).toEqual([1, 'a']);
  });

  test('throws the error of one check as it is', async () => {
    const error = rejected('web', 3);
    await expect(bothChecked(Promise.resolve(1), Promise.reject(error))).rejects.toBe(error);
  });

  test('lists the rejected objects of both checks', async () => {
    expect(await failed(rejected('web', 3), rejected('pull', 1))).toMatchObject({
      exitCode: ExitCode.NO, message: expect.stringMatching(/^2 of 4 objects cannot be applied, so nothing was written\n.*Deployment web: wrong; change it\n.*Deployment pull: /),
    });
  });

  test('has the exit code of a missing right only when both checks lack a right', async () => {
    expect(await failed(rejected('web', 3, true), rejected('pull', 1, true))).toMatchObject({ exitCode: ExitCode.REFUSED });
    expect(await failed(new Failure('one', ExitCode.REFUSED), new Failure('two', ExitCode.NO))).toMatchObject({ exitCode: ExitCode.NO, message: 'one\ntwo' });
  });

  test('throws another error before the problems', async () => {
    const bug = new TypeError('bug');
    expect(await failed(rejected('web', 3), bug)).toBe(bug);
  });
});
