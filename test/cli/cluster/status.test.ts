import { ExitCode } from '../../../src/cli/base/failure';
import { ApiError, correctStatus } from '../../../src/cli/cluster/status';

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

test.each<[string, number]>([
  ['failed to create typed patch object (x/a; apps/v1, Kind=Deployment): .spec.replica: field not declared in schema', 422],
  ['failed to create typed live object (x/a; apps/v1, Kind=Deployment): .spec.replica: field not declared in schema', 422],
  ['failed to convert new object (x/a; /v1, Kind=Secret) to proper version: unable to convert unstructured object to /v1, Kind=Secret: error decoding from json: illegal base64 data at input byte 7', 422],
  ['etcdserver: request is too large', 413],
  ['rpc error: code = ResourceExhausted desc = trying to send message larger than max (2500531 vs. 2097152)', 413],
  ['failed to convert new object (x/a; example.com/v1, Kind=A) to proper version: conversion webhook for example.com/v2, Kind=A failed: Post "https://a.b.svc": dial tcp: i/o timeout', 500],
  ['etcdserver: leader changed', 500],
  ['etcdserver: request timed out', 500],
  ['Internal error occurred: failed calling webhook "a.b.c": connection refused', 500],
  ['admission webhook "a.b.c" denied the request: failed to create typed patch object (a)', 500],
])('the status of a 500 with the message %p is %i', (message, status) => {
  expect(correctStatus({ status: 500, body: JSON.stringify({ kind: 'Status', message }) }).status).toBe(status);
});

test('other answers keep their status', () => {
  expect(correctStatus({ status: 503, body: '{"message":"etcdserver: request is too large"}' }).status).toBe(503);
  expect(correctStatus({ status: 500, body: '<html>etcdserver: request is too large</html>' }).status).toBe(500);
});

test('the message of an error is one line without Go types and without values in Go\'s form', () => {
  const message = 'failed to create typed patch object (x/a; /v1, Kind=Secret): errors:\n  .data.a: expected string, got &value.valueUnstructured{Value:"hunter\n2"}\n  .data.b: expected map, got &{[hunter }\n2]}';
  expect(new ApiError('apply secrets a', 422, { kind: 'Status', message }).message).toBe(
    'apply secrets a: the API server says 422: failed to create typed patch object (x/a; /v1, Kind=Secret): .data.a: expected string, got another value; .data.b: expected map, got another value',
  );
  expect(new ApiError('apply secrets a', 422, { kind: 'Status', message: 'one\n  two map[string]interface {}\n  three &{3}\n' }).message).toBe(
    'apply secrets a: the API server says 422: one; two a mapping; three another value',
  );
});
