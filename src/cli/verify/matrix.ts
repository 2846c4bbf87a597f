import { target } from './access-request';
import type { Check, Place, Verification } from './verification';

/**
 * All checks of one place, as a table that people can look at.
 */
export interface Matrix {
  readonly place: Place;
  readonly rows: readonly MatrixRow[];
  /** Whether there is no right there that nobody expects. Missing when it is not known what to expect. */
  readonly other?: Check;
}

/**
 * What was found about one resource.
 */
export interface MatrixRow {
  readonly title: string;
  /** `deployments.apps`. */
  readonly target: string;
  /** By verb, those of `COLUMNS`. */
  readonly cells: ReadonlyMap<string, Check>;
  /** The checks of verbs that have no column. */
  readonly more: readonly Check[];
}

/** The verbs that most resources have. */
export const COLUMNS = ['get', 'list', 'create', 'update', 'delete'] as const;

/**
 * The checks, by place and resource, in their order.
 */
export function matrices({ checks }: Pick<Verification, 'checks'>): Matrix[] {
  return [...groupBy(checks, ({ place }) => `${place.kind} ${place.namespace ?? ''}`).values()].map((its) => ({
    place: (its[0] as Check).place,
    rows: [...groupBy(its.filter(({ request }) => request), ({ title }) => title)].map(([title, row]) => rowOf(title, row)),
    other: its.find(({ request }) => !request),
  }));
}

/**
 * Every check of a matrix.
 */
export function checksOf({ rows, other }: Matrix): Check[] {
  return [...rows.flatMap(checksOfRow), ...other ? [other] : []];
}

/**
 * Every check of a row.
 */
export function checksOfRow({ cells, more }: MatrixRow): Check[] {
  return [...cells.values(), ...more];
}

function rowOf(title: string, checks: readonly Check[]): MatrixRow {
  const requests = checks.flatMap((check) => (check.request ? [{ check, request: check.request }] : []));
  const hasColumn = (verb: string) => COLUMNS.some((column) => column === verb);
  return {
    title,
    target: requests[0] ? target(requests[0].request) : '',
    cells: new Map(requests.filter(({ request }) => hasColumn(request.verb)).map(({ check, request }) => [request.verb, check])),
    more: requests.filter(({ request }) => !hasColumn(request.verb)).map(({ check }) => check),
  };
}

function groupBy<T>(all: readonly T[], keyOf: (one: T) => string): Map<string, T[]> {
  const groups = new Map<string, T[]>();
  for (const one of all) {
    const key = keyOf(one);
    groups.set(key, [...groups.get(key) ?? [], one]);
  }
  return groups;
}
