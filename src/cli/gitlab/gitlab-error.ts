import { isObject, Json, parseJson } from '../../base/json';
import { show } from '../../base/user-error';
import { HttpError } from '../base/failure';

/**
 * A request that GitLab rejected.
 */
export class GitlabError extends HttpError {
  public override readonly name = 'GitlabError';

  /**
   * @param at The request: `create the variable KUBECONFIG of project 42`.
   * @param words GitLab's message, not escaped.
   * @param hint A way out.
   */
  public constructor(public readonly at: string, code: number, public readonly words: string, hint?: string) {
    super(`${at}: GitLab says ${code}: ${show(words)}${hint ? `; ${hint}` : ''}`, code);
  }
}

/**
 * GitLab's message in the body of an error response. Its `message` is a text, or an object with lists of texts by attribute.
 */
export function messageOf(body: string): string {
  const json = parseJson(body);
  if (!isObject(json)) return /^\s*</.test(body) ? 'a web page' : body.trim() || 'nothing';
  const { message, error, error_description: description } = json;
  if (isObject(message)) return Object.entries(message).map(([attribute, problems]) => attributeProblems(attribute, problems)).join('; ');
  return [message, description, error].find((text) => typeof text === 'string') ?? 'nothing';
}

/**
 * Whether GitLab rejected the request because of the token's scopes.
 */
export function lacksScope(body: string): boolean {
  const json = parseJson(body);
  return isObject(json) && json.error === 'insufficient_scope';
}

function attributeProblems(attribute: string, problems: Json): string {
  const text = Array.isArray(problems) ? problems.join(', ') : String(problems);
  return attribute === 'base' ? text : `${attribute} ${text}`;
}
