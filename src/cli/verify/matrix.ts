import { targetOf } from './access-request';
import type { Check, Scope, Verification } from './verification';

/**
 * The checks of one scope as a table: a row for each resource, a column for each common verb.
 */
export interface Matrix {
  readonly scope: Scope;
  readonly rows: readonly MatrixRow[];
  /** The check of unexpected rights. Missing when nothing defines the expected rights. */
  readonly unexpected?: Check;
}

/**
 * The checks of one resource.
 */
export interface MatrixRow {
  readonly title: string;
  /** `deployments.apps`. */
  readonly target: string;
  /** The checks of the verbs in `VERB_COLUMNS`, by verb. */
  readonly cells: ReadonlyMap<string, Check>;
  /** The checks of other verbs. */
  readonly others: readonly Check[];
}

/** The verbs that most resources have. */
export const VERB_COLUMNS = ['get', 'list', 'create', 'update', 'delete'] as const;

/**
 * Groups the checks by scope and resource, and keeps their order.
 */
export function matricesOf({ checks }: Pick<Verification, 'checks'>): Matrix[] {
  return [...groupBy(checks, ({ scope }) => `${scope.kind} ${scope.namespace ?? ''}`).values()].map((ofScope) => ({
    scope: (ofScope[0] as Check).scope,
    rows: [...groupBy(ofScope.filter(({ request }) => request), ({ title }) => title)].map(([title, ofRow]) => rowOf(title, ofRow)),
    unexpected: ofScope.find(({ request }) => !request),
  }));
}

/**
 * Every check of a matrix.
 */
export function checksOf({ rows, unexpected }: Matrix): Check[] {
  return [...rows.flatMap(checksOfRow), ...unexpected ? [unexpected] : []];
}

/**
 * Every check of a row.
 */
export function checksOfRow({ cells, others }: MatrixRow): Check[] {
  return [...cells.values(), ...others];
}

/**
 * Whether a report must mark the check as a problem.
 */
export function isProblem({ outcome }: Pick<Check, 'outcome'>): boolean {
  return outcome === 'differs' || outcome === 'unknown';
}

function rowOf(title: string, checks: readonly Check[]): MatrixRow {
  const requests = checks.flatMap((check) => (check.request ? [{ check, request: check.request }] : []));
  const hasColumn = (verb: string) => VERB_COLUMNS.some((column) => column === verb);
  return {
    title,
    target: requests[0] ? targetOf(requests[0].request) : '',
    cells: new Map(requests.filter(({ request }) => hasColumn(request.verb)).map(({ check, request }) => [request.verb, check])),
    others: requests.filter(({ request }) => !hasColumn(request.verb)).map(({ check }) => check),
  };
}

function groupBy<T>(items: readonly T[], keyOf: (item: T) => string): Map<string, T[]> {
  const groups = new Map<string, T[]>();
  for (const item of items) {
    const key = keyOf(item);
    groups.set(key, [...groups.get(key) ?? [], item]);
  }
  return groups;
}
