import { isObject, Json, parseJson } from '../../base/json';
import { show } from '../../base/user-error';
import { HttpError } from '../base/failure';

/**
 * GitLab's no.
 */
export class GitlabError extends HttpError {
  public override readonly name = 'GitlabError';

  /**
   * @param at What was asked for: `create the variable KUBECONFIG of project 42`.
   * @param words What GitLab says, not yet escaped.
   * @param hint What to do about it.
   */
  public constructor(public readonly at: string, code: number, public readonly words: string, hint?: string) {
    super(`${at}: GitLab says ${code}: ${show(words)}${hint ? `; ${hint}` : ''}`, code);
  }
}

/**
 * What GitLab says in an answer that is not the one asked for: `message` may be a text, or lists of texts by attribute.
 */
export function wordsOf(body: string): string {
  const said = parseJson(body);
  if (!isObject(said)) return /^\s*</.test(body) ? 'a web page' : body.trim() || 'nothing';
  const { message, error, error_description: description } = said;
  if (isObject(message)) return Object.entries(message).map(([attribute, problems]) => problemText(attribute, problems)).join('; ');
  return [message, description, error].find((text) => typeof text === 'string') ?? 'nothing';
}

/**
 * Whether the scopes of the token are what is missing.
 */
export function lacksScope(body: string): boolean {
  const said = parseJson(body);
  return isObject(said) && said.error === 'insufficient_scope';
}

function problemText(attribute: string, problems: Json): string {
  const text = Array.isArray(problems) ? problems.join(', ') : String(problems);
  return attribute === 'base' ? text : `${attribute} ${text}`;
}
