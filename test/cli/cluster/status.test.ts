import { ExitCode } from '../../../src/cli/base/exit-code';
import { ApiError } from '../../../src/cli/cluster/status';

const { NO, REFUSED } = ExitCode;

test.each<[string, number, string, ExitCode]>([
  ['nobody knows the credential', 401, 'Unauthorized', REFUSED],
  ['a right is missing', 403, 'configmaps "a" is forbidden: User "system:serviceaccount:x:ci" cannot patch resource "configmaps" in API group "" in the namespace "x"', REFUSED],
  ['a path is not for everybody', 403, 'forbidden: User "system:anonymous" cannot get path "/metrics"', REFUSED],
  ['a right would be given away', 403, 'roles.rbac.authorization.k8s.io "a" is forbidden: user "system:serviceaccount:x:ci" (groups=["system:serviceaccounts"]) is attempting to grant RBAC permissions not currently held:\n{APIGroups:[""]}', REFUSED],
  ['something on the way says so in its own words', 403, 'access denied', REFUSED],
  ['a webhook denies an object', 403, 'admission webhook "x.example.com" denied the request: not today', NO],
  ['a webhook says what an authorizer says', 403, 'admission webhook "x.example.com" denied the request: a is forbidden: User "x" cannot get resource "y"', NO],
  ['a policy denies an object', 422, 'configmaps "a" is forbidden: ValidatingAdmissionPolicy "p" with binding "p" denied request: no', NO],
  ['a policy denies an object with 403', 403, 'configmaps "a" is forbidden: ValidatingAdmissionPolicy "p" with binding "p" denied request: no', NO],
  ['a quota is used up', 403, 'pods "a" is forbidden: exceeded quota: q, requested: pods=1, used: pods=1, limited: pods=1', NO],
  ['a pod does not meet its level', 403, 'pods "a" is forbidden: violates PodSecurity "restricted:latest": privileged', NO],
  ['the namespace is being deleted', 403, 'configmaps "a" is forbidden: unable to create new content in namespace x because it is being terminated', NO],
  ['an object is not there', 404, 'configmaps "a" not found', NO],
])('when %s, the exit status says whose fault it is', (_, code, message, exitCode) => {
  expect(new ApiError('patch configmaps', code, { kind: 'Status', code, message }).exitCode).toBe(exitCode);
});
