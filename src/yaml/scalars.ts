/**
 * The value that kubectl reads from one YAML scalar. kubectl uses sigs.k8s.io/yaml, a copy of go-yaml v2: YAML 1.1 without base 60 numbers
 * and timestamps, but with `0o` octals. `test/fixtures/kubectl-scalars.json` records kubectl's results.
 *
 * @see https://github.com/kubernetes-sigs/yaml
 */
export type Scalar =
  | { readonly type: 'null' }
  | { readonly type: 'bool'; readonly value: boolean }
  | { readonly type: 'int'; readonly value: bigint }
  | { readonly type: 'float'; readonly value: number }
  | { readonly type: 'str'; readonly value: string };

/**
 * Reads a scalar without quotes and tag.
 */
export function plainScalar(text: string): Scalar {
  return WORDS.get(text) ?? number(text) ?? { type: 'str', value: text };
}

/**
 * Reads a scalar with a tag. Returns `undefined` when kubectl refuses the text with that tag.
 *
 * Unknown tags do not change the text.
 */
export function taggedScalar(tag: string, text: string): Scalar | undefined {
  const wanted = TAGS.get(tag);
  if (!wanted) return { type: 'str', value: text };
  const scalar = plainScalar(text);
  if (wanted === 'float' && scalar.type === 'int') return { type: 'float', value: Number(scalar.value) };
  return scalar.type === wanted ? scalar : undefined;
}

/**
 * Converts a scalar to the key of a map. Returns `undefined` for `null`, which kubectl refuses as a key.
 */
export function keyText(scalar: Scalar): string | undefined {
  if (scalar.type === 'null') return undefined;
  return scalar.type === 'float' ? shortestFloat32(scalar.value) : String(scalar.value);
}

const WORDS = new Map<string, Scalar>([
  ...['', '~', 'null', 'Null', 'NULL'].map((word): [string, Scalar] => [word, { type: 'null' }]),
  ...inThreeCases('y', 'yes', 'true', 'on').map((word): [string, Scalar] => [word, { type: 'bool', value: true }]),
  ...inThreeCases('n', 'no', 'false', 'off').map((word): [string, Scalar] => [word, { type: 'bool', value: false }]),
  ...['.nan', '.NaN', '.NAN'].map((word): [string, Scalar] => [word, { type: 'float', value: NaN }]),
  ...inThreeCases('.inf', '+.inf').map((word): [string, Scalar] => [word, { type: 'float', value: Infinity }]),
  ...inThreeCases('-.inf').map((word): [string, Scalar] => [word, { type: 'float', value: -Infinity }]),
]);

const TAGS = new Map<string, Scalar['type']>([
  ['tag:yaml.org,2002:null', 'null'],
  ['tag:yaml.org,2002:bool', 'bool'],
  ['tag:yaml.org,2002:int', 'int'],
  ['tag:yaml.org,2002:float', 'float'],
]);

const INTEGER = /^([-+]?)(0x[0-9a-f]+|0o[0-7]+|0b[01]+|0[0-7]*|[1-9][0-9]*)$/i;
const FLOAT = /^[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:e[-+]?[0-9]+)?$/i;
const UNDERSCORE_OUTSIDE_DIGITS = /(?<![0-9])_|_(?![0-9])/;

function number(text: string): Scalar | undefined {
  if (!/^[-+.0-9]/.test(text)) return undefined;
  if (text.startsWith('.') && UNDERSCORE_OUTSIDE_DIGITS.test(text)) return undefined;
  const digits = text.replace(/_/g, '');
  return integer(digits) ?? float(digits);
}

function integer(digits: string): Scalar | undefined {
  // go-yaml accepts a sign after the prefix: 0b-1.
  const [, sign, magnitude = ''] = INTEGER.exec(digits.replace(/^0b([-+])/, '$10b')) ?? [];
  if (sign === undefined) return undefined;
  const value = BigInt(magnitude.replace(/^0(?=[0-7])/, '0o'));
  return { type: 'int', value: sign === '-' ? -value : value };
}

function float(digits: string): Scalar | undefined {
  const value = FLOAT.test(digits) ? Number(digits) : Infinity;
  return Number.isFinite(value) ? { type: 'float', value } : undefined;
}

function inThreeCases(...words: string[]): string[] {
  return words.flatMap((word) => {
    const first = word.search(/[a-z]/);
    return [word, word.slice(0, first) + word.charAt(first).toUpperCase() + word.slice(first + 1), word.toUpperCase()];
  });
}

/** Go's strconv.FormatFloat(value, 'g', -1, 32), which sigs.k8s.io/yaml uses for keys. */
function shortestFloat32(value: number): string {
  const single = Math.fround(value);
  if (Number.isNaN(single)) return '.nan';
  if (!Number.isFinite(single)) return single > 0 ? '.inf' : '-.inf';
  if (single === 0) return Object.is(single, -0) ? '-0' : '0';
  const roundings = [1, 2, 3, 4, 5, 6, 7, 8, 9].map((digits) => Number(single.toPrecision(digits)));
  const shortest = roundings.find((rounding) => Math.fround(rounding) === single) ?? single;
  const [mantissa = '', exponent = ''] = shortest.toExponential().split('e');
  const power = Number(exponent);
  if (power >= -4 && power < 6) return String(shortest);
  return `${mantissa}e${power < 0 ? '-' : '+'}${String(Math.abs(power)).padStart(2, '0')}`;
}
