import { Rejection } from './answer';
import { accessLevel, Owner, ROLES, Token } from './owner';

/**
 * The token of a request, in `PRIVATE-TOKEN` or as a bearer. A job's token opens none of the endpoints here
 * (doc/ci/jobs/ci_job_token.md lists those that it does open), so it counts as no token at all.
 */
export function authenticate(headers: { readonly [name: string]: unknown }, tokens: readonly Token[]): Token {
  const bearer = /^Bearer (.*)$/i.exec(String(headers.authorization ?? ''))?.[1];
  const text = String(headers['private-token'] ?? bearer ?? '');
  const token = tokens.find((known) => known.text === text) ?? unauthorized();
  // lib/api/api_guard.rb, oauth2_bearer_token_error_handler.
  if (token.state === 'expired') return invalid('Token is expired. You can either do re-authorization or token refresh.');
  if (token.state === 'revoked') return invalid('Token was revoked. You have to re-authorize from the user.');
  return token;
}

/**
 * Whether the token's scopes open an endpoint (`allow_access_with_scope`): `api` opens all, `read_api` opens what only reads.
 * The refusal names every scope that any endpoint of the class takes, so also `read_api` where that would not do.
 */
export function checkScope({ scopes }: Token, method: string, more: readonly string[] = []): void {
  const allowed = ['api', ...method === 'GET' ? ['read_api', ...more] : []];
  if (scopes.some((scope) => allowed.includes(scope))) return;
  throw new Rejection({
    status: 403,
    body: {
      error: 'insufficient_scope',
      error_description: 'The request requires higher privileges than provided by the access token.',
      scope: ['api', 'read_api', ...more].join(' '),
    },
  });
}

/**
 * The project or group of a request, by number or full path. What the token may not see is not there (lib/api/helpers.rb, find_project!, find_group!).
 */
export function findOwner(token: Token, kind: Owner['kind'], idOrPath: string, owners: readonly Owner[]): Owner {
  const owner = owners.find((one) => one.kind === kind && (/^\d+$/.test(idOrPath) ? `${one.id}` : one.path) === idOrPath);
  if (owner && (owner.isPublic || accessLevel(token, owner) > ROLES.none)) return owner;
  throw Rejection.message(404, `404 ${kind === 'project' ? 'Project' : 'Group'} Not Found`);
}

/**
 * `authorize! :admin_cicd_variables`: maintainers of a project (app/policies/project_policy.rb), but only owners of a group
 * (app/policies/group_policy.rb; spec/requests/api/group_variables_spec.rb refuses a maintainer).
 */
export function authorizeVariables(token: Token, owner: Owner): void {
  const least = owner.kind === 'project' ? ROLES.maintainer : ROLES.owner;
  if (accessLevel(token, owner) < least) throw Rejection.message(403, '403 Forbidden');
}

function unauthorized(): never {
  throw Rejection.message(401, '401 Unauthorized');
}

function invalid(description: string): never {
  throw new Rejection({ status: 401, body: { error: 'invalid_token', error_description: description } });
}
