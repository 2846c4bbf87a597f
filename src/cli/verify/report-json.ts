import { target } from './access-request';
import { Check, Verification, verdictOf } from './verification';

/**
 * The fields of the JSON report, for the help.
 */
export const JSON_FIELDS = [
  'server, namespace, at (ISO 8601), expected (text or null), verdict ("as expected", "differs", "unknown")',
  'facts: title, found, expected or null, outcome',
  'checks: place ("namespace", "other namespace", "cluster"), namespace or null, title, verb, target ("deployments.apps"), means ("list", "access review",',
  '  "rules review"), answer ("allowed", "denied", "unknown"), expected ("allowed", "denied" or null), outcome (as a verdict, or "not judged"), message or null,',
  '  rights (of a rules review: those that nobody expects)',
  'warnings, notes: lists of text; counts: connections, requests',
];

/**
 * The report for programs: one object, in ASCII.
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
  // A log is a terminal, too.
  return `${JSON.stringify(report, null, 2).replace(/[\x7f-\uffff]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`)}\n`;
}

function checkJson({ place, title, request, means, answer, expected, outcome, message, rights }: Check): object {
  return {
    place: place.kind,
    namespace: place.namespace ?? null,
    title,
    verb: request?.verb ?? null,
    target: request ? target(request) : null,
    means,
    answer,
    expected: expected ?? null,
    outcome,
    message: message ?? null,
    ...rights && { rights },
  };
}
