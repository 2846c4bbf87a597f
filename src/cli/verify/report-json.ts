import { targetOf } from './access-request';
import { Check, Verification, verdictOf } from './verification';
import { jsonText } from '../io/safe-output';

/**
 * The fields of the JSON report, for the help.
 */
export const JSON_FIELDS = [
  '- server, namespace, at (ISO 8601), expected (text or null),',
  '  verdict ("as expected", "differs", "unknown")',
  '- facts: title, found, expected (text or null), outcome',
  '- checks: place ("namespace", "other namespace", "cluster"), namespace or null,',
  '  title, verb, target (such as "deployments.apps"),',
  '  means ("list", "access review", "rules review"),',
  '  answer ("allowed", "denied", "unknown"),',
  '  expected ("allowed", "denied" or null),',
  '  outcome (a verdict or "not judged"), message or null,',
  '  rights (of a rules review: the unexpected rights)',
  '- warnings, notes: lists of texts',
  '- counts: connections, requests',
];

/**
 * The report for programs: one JSON object in ASCII.
 */
export function reportJson(verification: Verification): string {
  const { server, namespace, at, expected, facts, checks, warnings, notes, counts } = verification;
  const report = {
    server,
    namespace,
    at: new Date(at).toISOString(),
    expected: expected ?? null,
    verdict: verdictOf(verification),
    facts: facts.map((fact) => ({ title: fact.title, found: fact.found, expected: fact.expected ?? null, outcome: fact.outcome })),
    checks: checks.map(checkJson),
    warnings,
    notes,
    counts,
  };
  return jsonText(report);
}

function checkJson({ scope, title, request, method, answer, expected, outcome, message, rights }: Check): object {
  return {
    place: scope.kind,
    namespace: scope.namespace ?? null,
    title,
    verb: request?.verb ?? null,
    target: request ? targetOf(request) : null,
    means: method,
    answer,
    expected: expected ?? null,
    outcome,
    message: message ?? null,
    ...rights && { rights },
  };
}
