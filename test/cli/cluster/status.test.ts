import { ExitCode } from '../../../src/cli/base/failure';
import { ApiError } from '../../../src/cli/cluster/status';

const { NO, REFUSED } = ExitCode;

test.each<[string, number, string, ExitCode]>([
  ['the credential is unknown', 401, 'Unauthorized', REFUSED],
  ['a right is missing', 403, 'configmaps "a" is forbidden: User "system:serviceaccount:x:ci" cannot patch resource "configmaps" in API group "" in the namespace "x"', REFUSED],
  ['a path is not public', 403, 'forbidden: User "system:anonymous" cannot get path "/metrics"', REFUSED],
  ['a role would grant more rights than the credential has', 403, 'roles.rbac.authorization.k8s.io "a" is forbidden: user "system:serviceaccount:x:ci" (groups=["system:serviceaccounts"]) is attempting to grant RBAC permissions not currently held:\n{APIGroups:[""]}', REFUSED],
  ['a proxy denies access', 403, 'access denied', REFUSED],
  ['a webhook denies an object', 403, 'admission webhook "x.example.com" denied the request: not today', NO],
  ['a webhook uses the words of an authorizer', 403, 'admission webhook "x.example.com" denied the request: a is forbidden: User "x" cannot get resource "y"', NO],
  ['a policy denies an object', 422, 'configmaps "a" is forbidden: ValidatingAdmissionPolicy "p" with binding "p" denied request: no', NO],
  ['a policy denies an object with 403', 403, 'configmaps "a" is forbidden: ValidatingAdmissionPolicy "p" with binding "p" denied request: no', NO],
  ['a quota is used up', 403, 'pods "a" is forbidden: exceeded quota: q, requested: pods=1, used: pods=1, limited: pods=1', NO],
  ['a pod violates its Pod Security level', 403, 'pods "a" is forbidden: violates PodSecurity "restricted:latest": privileged', NO],
  ['the namespace is being deleted', 403, 'configmaps "a" is forbidden: unable to create new content in namespace x because it is being terminated', NO],
  ['an object does not exist', 404, 'configmaps "a" not found', NO],
])('the exit code is right when %s', (_, code, message, exitCode) => {
  expect(new ApiError('patch configmaps', code, { kind: 'Status', code, message }).exitCode).toBe(exitCode);
});
