import { AccessRequest, target } from './access-request';
import { Expectation, sameRequest } from './expectation';
import { CLUSTER_KINDS, CLUSTER_WIDE, INSIDE, ListedKind, listRequest, namespaceItself, OUTSIDE, Row, USUAL_KINDS } from './permissions';
import type { Questions, RulesTold, Told } from './questions';
import { describeRequests } from './rule-coverage';
import { together } from './settle-all';
import { Check, Means, outcomeOf, Place } from './verification';

/**
 * What was found in one place.
 */
export interface Look {
  readonly place: Place;
  readonly checks: readonly Check[];
  /** All rights there, as far as the server told. Missing for the whole cluster: the server tells them by namespace. */
  readonly rules?: RulesTold;
}

/**
 * Asks everything about one place, at once.
 */
export async function lookAt(place: Place, questions: Questions, expectation: Expectation): Promise<Look> {
  const { namespace } = place;
  const check = (title: string, request: AccessRequest, means: Means, told: Told): Check => {
    const expected = expectation.of(place, request);
    return { place, title, request, means, answer: told.answer, expected, outcome: outcomeOf(told.answer, expected), message: told.message };
  };
  const [listed, reviewed, rules] = await together([
    together(kindsIn(place).map(async (kind) => check(kind.title, listRequest(kind), 'list', await questions.list(kind, namespace)))),
    together(rowsIn(place, expectation).flatMap(({ title, requests }) =>
      requests.map(async (request) => check(title, request, 'access review', await questions.mayI(request, namespace))))),
    namespace === undefined ? undefined : questions.rules(namespace),
  ]);
  return { place, rules, checks: [...listed, ...reviewed, ...rules ? otherRights(place, rules, expectation) : []] };
}

function kindsIn({ kind }: Place): readonly ListedKind[] {
  return kind === 'cluster' ? CLUSTER_KINDS : USUAL_KINDS;
}

function rowsIn({ kind, namespace = '' }: Place, expectation: Expectation): readonly Row[] {
  if (kind === 'cluster') return CLUSTER_WIDE;
  if (kind === 'other namespace') return [...OUTSIDE, namespaceItself(namespace)];
  return withNamed([...INSIDE, namespaceItself(namespace)], expectation.named());
}

/** Rights that the manifests name are asked about one by one, whatever they are. */
function withNamed(rows: readonly Row[], named: readonly AccessRequest[]): Row[] {
  const grown = rows.map((row) => ({ ...row, requests: [...row.requests] }));
  for (const request of named) {
    if (isListed(request) || grown.some(({ requests }) => requests.some((known) => sameRequest(known, request)))) continue;
    const row = grown.find(({ requests: [known] }) => known && target(known) === target(request));
    if (row) row.requests.push(request);
    else grown.push({ title: target(request), requests: [request] });
  }
  return grown;
}

function isListed(request: AccessRequest): boolean {
  return USUAL_KINDS.some((kind) => sameRequest(listRequest(kind), request));
}

/** One check that there is no right that nobody expects, if it is known what to expect. */
function otherRights(place: Place, told: RulesTold, expectation: Expectation): Check[] {
  const check = { place, title: 'Any other right', means: 'rules review', expected: 'denied' } as const;
  const extra = expectation.extra(place, told.rules ?? []);
  if (!extra) return [];
  if (!told.rules) return [{ ...check, answer: 'unknown', outcome: 'unknown', message: told.message }];
  const answer = extra.length > 0 ? 'allowed' : 'denied';
  return [{ ...check, answer, outcome: outcomeOf(answer, 'denied'), rights: describeRequests(extra) }];
}
