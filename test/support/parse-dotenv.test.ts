import { parseDotenv } from './parse-dotenv';
import { describeVectors, printAgreement } from './vectors';

describe('parseDotenv', () => {
  test('keeps quotes and variables in values, and the last line of a key', () => {
    expect(parseDotenv('A = "1" \r\nB=$A=x\nA=2')).toEqual(new Map([['A', '2'], ['B', '$A=x']]));
  });

  test.each<[string, string, RegExp]>([
    ['an empty line', 'A=1\n\nB=2\n', /^line 2: it has no "="/],
    ['a comment', '# image\n', /^line 1: it has no "="/],
    ['an invalid key', 'export A=1\n', /^line 1: its key is "export A"/],
    ['21 variables', Array.from({ length: 21 }, (_, index) => `K${index}=1`).join('\n'), /it has 21 variables/],
    ['5120 bytes', `A=${'x'.repeat(5118)}`, /it has 5120 bytes/],
  ])('refuses %s', (_, text, expected) => {
    expect(() => parseDotenv(text)).toThrow(expected);
  });
});

interface DotenvVectors {
  readonly dotenv: Array<{ readonly blob: string; readonly ok: boolean; readonly variables?: Record<string, string> }>;
}

describeVectors<DotenvVectors>('gitlab-variables.json', ({ dotenv }) => {
  let agreed = 0;

  test.each(dotenv.map((vector) => [vector.blob.slice(0, 40), vector] as const))('GitLab and parseDotenv agree about %j', (_, { blob, ok, variables }) => {
    if (ok) expect(Object.fromEntries(parseDotenv(blob))).toEqual(variables);
    else expect(() => parseDotenv(blob)).toThrow();
    agreed++;
  });

  afterAll(() => printAgreement('gitlab-variables.json (dotenv)', agreed, dotenv.length));
});
