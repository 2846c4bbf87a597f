/**
 * Evaluates an expression of `rules:if`, such as `$A == "b" && ($C =~ /^d/ || $E)`.
 *
 * @throws When GitLab would reject the expression.
 * @see https://docs.gitlab.com/ci/jobs/job_rules/#cicd-variable-expressions
 */
export function evaluate(expression: string, variables: Readonly<Record<string, string>>): boolean {
  return new Expression(expression, variables).result();
}

/** A text, or `null` for a variable that is not set. */
type Value = string | null | RegExp | boolean;

/** The order is that of GitLab's lexer: lib/gitlab/ci/pipeline/expression/lexer.rb. */
const LEXEME = /\s*(?:(?<mark>[()])|\$(?<variable>\w+)|"(?<double>[^"]*)"|'(?<single>[^']*)'|(?<pattern>\/(?:[^/]|\\\/)*[^\\]\/[ismU]*)|(?<word>null|true|false)|(?<operator>==|=~|!=|!~|&&|\|\|))/y;

class Expression {
  private readonly lexemes: Array<Record<string, string | undefined>> = [];
  private at = 0;

  constructor(private readonly text: string, private readonly variables: Readonly<Record<string, string>>) {
    for (let end = 0; text.slice(end).trim() !== ''; end = LEXEME.lastIndex) {
      LEXEME.lastIndex = end;
      const groups = LEXEME.exec(text)?.groups;
      if (!groups) throw this.invalid();
      this.lexemes.push({ ...groups });
    }
  }

  public result(): boolean {
    const value = this.either();
    if (this.at !== this.lexemes.length) throw this.invalid();
    return isTrue(value);
  }

  private either(): Value {
    let value = this.both();
    while (this.take('||')) {
      const other = this.both();
      value = isTrue(value) || isTrue(other);
    }
    return value;
  }

  private both(): Value {
    let value = this.comparison();
    while (this.take('&&')) {
      const other = this.comparison();
      value = isTrue(value) && isTrue(other);
    }
    return value;
  }

  private comparison(): Value {
    const left = this.value();
    const operator = this.take('==', '!=', '=~', '!~');
    if (!operator) return left;
    const right = this.value();
    const isSame = operator.endsWith('~') ? matches(left, right) : left === right;
    return operator.startsWith('!') ? !isSame : isSame;
  }

  private value(): Value {
    const lexeme = this.lexemes[this.at];
    this.at += 1;
    if (lexeme?.mark === '(') {
      const value = this.either();
      if (this.lexemes[this.at]?.mark !== ')') throw this.invalid();
      this.at += 1;
      return value;
    }
    if (lexeme?.variable !== undefined) return this.variables[lexeme.variable] ?? null;
    if (lexeme?.pattern !== undefined) return patternOf(lexeme.pattern);
    if (lexeme?.word !== undefined) return lexeme.word === 'null' ? null : lexeme.word === 'true';
    const text = lexeme?.double ?? lexeme?.single;
    if (text === undefined) throw this.invalid();
    return text;
  }

  private take(...operators: readonly string[]): string | undefined {
    const operator = this.lexemes[this.at]?.operator;
    if (operator === undefined || !operators.includes(operator)) return undefined;
    this.at += 1;
    return operator;
  }

  private invalid(): Error {
    return new Error(`rules:if is not valid: ${this.text}`);
  }
}

function isTrue(value: Value): boolean {
  return typeof value === 'string' ? value !== '' : value === true;
}

/** The right side is a pattern, or a text that contains one: lib/gitlab/ci/pipeline/expression/lexeme/matches.rb. */
function matches(left: Value, right: Value): boolean {
  const pattern = typeof right === 'string' ? patternOf(right) : right;
  return pattern instanceof RegExp && pattern.test(typeof left === 'string' ? left : '');
}

/** RE2 has fewer features than JavaScript, so a pattern that GitLab accepts is read alike. */
function patternOf(text: string): RegExp | null {
  const [, source, flags = ''] = /^\/(.+)\/([ismU]*)$/s.exec(text) ?? [];
  return source === undefined ? null : new RegExp(source.replaceAll('\\/', '/'), flags.replace('U', ''));
}
