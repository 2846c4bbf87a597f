import { Answer, Rejection } from './answer';
import { Owner } from './owner';
import { Parameters } from './parameters';
import { Release } from './release';
import { attributesOf, newVariable, shown, validate, Variable } from './variable';

/**
 * What differs between installations.
 */
export interface Installation {
  readonly release: Release;
  /** Whether variables of groups have environments, which is a feature of Premium. */
  readonly premium: boolean;
  /** Variables that one owner may have (`project_ci_variables`, `group_ci_variables` of the plan limits). */
  readonly limit: number;
  /** The address that is written into links. */
  readonly url: string;
}

/**
 * The endpoints of lib/api/ci/variables.rb and lib/api/group_variables.rb.
 */
export class VariablesApi {
  constructor(private readonly installation: Installation, private readonly owner: Owner, private readonly parameters: Parameters) {}

  public list(path: string): Answer {
    const { release, url } = this.installation;
    const { variables } = this.owner;
    const page = this.parameters.number('page', 1);
    const perPage = Math.min(100, this.parameters.number('per_page', 20));
    const last = Math.max(1, Math.ceil(variables.length / perPage));
    const link = (number: number, rel: string) => `<${url}${path}?page=${number}&per_page=${perPage}>; rel="${rel}"`;
    const next = page < last ? page + 1 : undefined;
    return {
      status: 200,
      headers: {
        'x-per-page': `${perPage}`,
        'x-page': `${page}`,
        'x-next-page': `${next ?? ''}`,
        'x-prev-page': page > 1 ? `${page - 1}` : '',
        'x-total': `${variables.length}`,
        'x-total-pages': `${last}`,
        'link': [...next ? [link(next, 'next')] : [], link(1, 'first'), link(last, 'last')].join(', '),
      },
      body: variables.slice((page - 1) * perPage, page * perPage).map((variable) => shown(variable, release)),
    };
  }

  public get(key: string): Answer {
    return this.answer(200, this.find(key) ?? this.notFound());
  }

  public create(): Answer {
    const variable = this.withoutScope(newVariable(this.parameters, this.installation.release), '*');
    validate(variable, undefined, this.owner.variables, this.installation.release);
    if (this.owner.variables.length >= this.installation.limit) {
      throw Rejection.message(400, { base: [`Maximum number of ${this.owner.kind} ci variables (${this.installation.limit}) exceeded`] });
    }
    this.owner.variables = [...this.owner.variables, variable];
    return this.answer(201, variable);
  }

  public update(key: string): Answer {
    const before = this.toUpdate(key) ?? this.notFound();
    const after = this.withoutScope({ ...before, ...attributesOf(this.parameters, this.installation.release) }, before.environment_scope);
    validate(after, before, this.owner.variables, this.installation.release);
    this.owner.variables = this.owner.variables.map((variable) => variable === before ? after : variable);
    return this.answer(200, after);
  }

  public delete(key: string): Answer {
    const gone = this.find(key) ?? this.notFound();
    this.owner.variables = this.owner.variables.filter((variable) => variable !== gone);
    return { status: 204 };
  }

  /** API::Helpers::VariablesHelpers#find_variable, Ci::VariablesFinder. Groups had no filter before 16.9 (doc/api/group_level_variables.md). */
  private find(key: string): Variable | undefined {
    const scope = this.parameters.text('filter[environment_scope]');
    const ofKey = this.owner.variables.filter((variable) => variable.key === key);
    if (this.owner.kind === 'group' && !this.installation.release.atLeast('16.9')) return ofKey[0];
    const found = scope ? ofKey.filter((variable) => variable.environment_scope === scope) : ofKey;
    if (found.length < 2) return found[0];
    throw Rejection.message(409, "There are multiple variables with provided parameters. Please use 'filter[environment_scope]'");
  }

  /**
   * In a group, an update falls back to any variable of the key, both without a filter and when the filter finds nothing:
   * `ChangeVariableService` looks for the key alone when no variable is handed to it.
   */
  private toUpdate(key: string): Variable | undefined {
    if (this.owner.kind === 'project') return this.find(key);
    const filtered = this.parameters.has('filter[environment_scope]') ? this.find(key) : undefined;
    return filtered ?? this.owner.variables.find((variable) => variable.key === key);
  }

  /** Without the licensed feature, the environment of a group's variable is left out of the request (ee/lib/ee/api/helpers/variables_helpers.rb). */
  private withoutScope(variable: Variable, scope: string): Variable {
    return this.owner.kind === 'project' || this.installation.premium ? variable : { ...variable, environment_scope: scope };
  }

  private answer(status: number, variable: Variable): Answer {
    return { status, body: shown(variable, this.installation.release) };
  }

  private notFound(): never {
    throw Rejection.message(404, `404 ${this.owner.kind === 'project' ? 'Variable' : 'GroupVariable'} Not Found`);
  }
}
