import * as fc from 'fast-check';
import { UserError, show } from '../../src/base/user-error';
import { ImageReference } from '../../src/image/image-reference';
import { ANY_CHARACTER } from '../support/any-character';
import { describeVectors, printAgreement } from '../support/vectors';

const SHA256 = `sha256:${'0123456789abcdef'.repeat(4)}`;
const SHA384 = `sha384:${'0123456789abcdef'.repeat(6)}`;
const SHA512 = `sha512:${'0123456789abcdef'.repeat(8)}`;

interface Parts {
  readonly registry: string;
  readonly repository: string;
  readonly tag?: string;
  readonly digest?: string;
}

describe('an image reference', () => {
  test.each<[string, Parts]>([
    ['nginx', { registry: 'docker.io', repository: 'library/nginx' }],
    ['nginx:1.27', { registry: 'docker.io', repository: 'library/nginx', tag: '1.27' }],
    ['group/app', { registry: 'docker.io', repository: 'group/app' }],
    ['docker.io/nginx', { registry: 'docker.io', repository: 'library/nginx' }],
    ['index.docker.io/nginx', { registry: 'docker.io', repository: 'library/nginx' }],
    ['index.docker.io/group/app', { registry: 'docker.io', repository: 'group/app' }],
    ['registry.gitlab.com/group/sub/app:v1', { registry: 'registry.gitlab.com', repository: 'group/sub/app', tag: 'v1' }],
    ['localhost/app', { registry: 'localhost', repository: 'app' }],
    ['localhost:5000', { registry: 'docker.io', repository: 'library/localhost', tag: '5000' }],
    ['registry:5000/app:v1', { registry: 'registry:5000', repository: 'app', tag: 'v1' }],
    ['[2001:db8::1]:5000/app:v1', { registry: '[2001:db8::1]:5000', repository: 'app', tag: 'v1' }],
    ['REGISTRY/app', { registry: 'REGISTRY', repository: 'app' }],
    ['a__b/c.d/e---f_g', { registry: 'docker.io', repository: 'a__b/c.d/e---f_g' }],
    [`nginx@${SHA256}`, { registry: 'docker.io', repository: 'library/nginx', digest: SHA256 }],
    [`nginx:1.27@${SHA256}`, { registry: 'docker.io', repository: 'library/nginx', tag: '1.27', digest: SHA256 }],
    [`registry:5000/app@${SHA384}`, { registry: 'registry:5000', repository: 'app', digest: SHA384 }],
    [`registry:5000/app@${SHA512}`, { registry: 'registry:5000', repository: 'app', digest: SHA512 }],
    [`app:${'a'.repeat(128)}`, { registry: 'docker.io', repository: 'library/app', tag: 'a'.repeat(128) }],
    [`a.b/${'a'.repeat(255)}`, { registry: 'a.b', repository: 'a'.repeat(255) }],
    ['app:_Under.Score-1', { registry: 'docker.io', repository: 'library/app', tag: '_Under.Score-1' }],
    [`${'a'.repeat(64)}:latest`, { registry: 'docker.io', repository: `library/${'a'.repeat(64)}`, tag: 'latest' }],
  ])('parses %j', (text, parts) => {
    expect(partsOf(ImageReference.parse(text))).toEqual({ tag: undefined, digest: undefined, ...parts });
  });

  test.each([
    ['nginx', 'docker.io/library/nginx'],
    ['nginx:1.27', 'docker.io/library/nginx:1.27'],
    ['docker.io/library/nginx:1.27', 'docker.io/library/nginx:1.27'],
    ['index.docker.io/nginx', 'docker.io/library/nginx'],
    ['registry:5000/app', 'registry:5000/app'],
    [`group/app:1@${SHA256}`, `docker.io/group/app:1@${SHA256}`],
  ])('has the canonical spelling of %j: %j', (text, canonical) => {
    expect(ImageReference.parse(text).canonical).toBe(canonical);
  });

  test('is pinned only by a digest', () => {
    expect(ImageReference.parse('nginx').isPinned).toBe(false);
    expect(ImageReference.parse('nginx:1.27').isPinned).toBe(false);
    expect(ImageReference.parse(`nginx@${SHA256}`).isPinned).toBe(true);
    expect(ImageReference.parse(`nginx:1.27@${SHA256}`).isPinned).toBe(true);
  });

  test.each([
    ['nginx', 'nginx:1.27'],
    ['nginx:1.26', 'nginx:1.27'],
    ['index.docker.io/nginx:1.26', 'index.docker.io/nginx:1.27'],
    [`nginx@${SHA256}`, `nginx:1.27@${SHA256}`],
  ])('gets a tag from withTag: %j', (text, expected) => {
    const before = ImageReference.parse(text);
    const after = before.withTag('1.27');
    expect(after.toString()).toBe(expected);
    expect(after.canonical).toBe(ImageReference.parse(expected).canonical);
    expect(before.toString()).toBe(text);
  });

  test.each([
    ['nginx', `nginx@${SHA256}`],
    ['nginx:1.27', `nginx:1.27@${SHA256}`],
    [`nginx:1.27@${SHA512}`, `nginx:1.27@${SHA256}`],
  ])('gets a digest from withDigest: %j', (text, expected) => {
    const before = ImageReference.parse(text);
    const after = before.withDigest(SHA256);
    expect(after.toString()).toBe(expected);
    expect(after.isPinned).toBe(true);
    expect(before.toString()).toBe(text);
  });
});

describe('ImageReference.parse', () => {
  const mistakes: [unknown, string][] = [
    ['', 'the image reference is empty, expected a reference such as "registry.example.com/group/app:1.27"; set the variable of the reference'],
    [undefined, 'the image reference is nothing, expected'],
    [42, 'the image reference is 42, expected'],
    [' nginx', 'the image reference " nginx" starts or ends with white space, expected none; remove it'],
    ['nginx\n', 'the image reference "nginx\\n" starts or ends with white space'],
    ['nginx:1.27\r', 'starts or ends with white space'],
    ['\ufeffnginx', 'the image reference "\\ufeffnginx" starts or ends with white space'],
    ['$CI_REGISTRY_IMAGE:1', 'the image reference "$CI_REGISTRY_IMAGE:1" contains "$", a variable that was not expanded, expected its value; set the variable'],
    ['registry.example.com/app:${TAG}', 'contains "$", a variable that was not expanded'],
    ['https://registry.example.com/app', 'is a URL, expected a reference such as "registry.example.com/group/app:1.27"; remove everything up to and including "://"'],
    ['a'.repeat(64), 'is an image ID, which registries do not know, expected a name'],
    ['a'.repeat(1025), 'has 1025 characters, expected at most 1024'],
    [':latest', 'the image reference ":latest" has no name before the tag or digest, expected a repository such as "group/app"'],
    [`@${SHA256}`, 'has no name before the tag or digest'],
    ['registry.example.com/', 'the image reference "registry.example.com/" has no name after the registry'],
    ['registry.example.com/:1', 'has no name before the tag or digest'],
    ['-registry.example.com/app', 'the image registry is "-registry.example.com", expected a host name'],
    ['my_registry.example.com/app', 'the image registry is "my_registry.example.com"'],
    ['registry:port/app', 'the image registry is "registry:port"'],
    ['app:feature/x', 'the image registry is "app:feature"'],
    ['group/App', 'the image repository "group/App" has upper-case letters, expected lower case only; write "group/app"'],
    ['Nginx', 'the image repository "Nginx" has upper-case letters'],
    ['group//app', 'the image repository is "group//app", expected parts of lower-case letters and digits'],
    ['/app', 'the image repository is "/app"'],
    ['group/', 'the image repository is "group/"'],
    ['group/-app', 'the image repository is "group/-app"'],
    ['group/a..b', 'the image repository is "group/a..b"'],
    ['group/a___b', 'the image repository is "group/a___b"'],
    ['group/my app', 'the image repository is "group/my app"'],
    ['group/\u202eapp', 'the image repository is "group/\\u202eapp"'],
    [`a.b/${'a'.repeat(256)}`, 'has 256 characters, expected at most 255; shorten the path'],
    ['a'.repeat(248), 'has 256 characters, expected at most 255'],
    ['nginx:', 'the image tag is empty, expected at most 128 letters'],
    [`nginx:@${SHA256}`, 'the image tag is empty'],
    [`nginx:${'a'.repeat(129)}`, 'has 129 characters, expected at most 128; use CI_COMMIT_SHA as the tag'],
    ['group/app:feature/x', 'the image tag "feature/x" contains "/", expected at most 128 letters, digits, "_", "." and "-", the first of them a letter, a digit or "_"'],
    ['nginx:1.0+build', 'the image tag "1.0+build" contains "+"'],
    ['nginx:-x', 'the image tag "-x" starts with "-"'],
    ['nginx:.x', 'the image tag ".x" starts with "."'],
    ['nginx:a:b', 'the image tag "a:b" contains ":"'],
    ['nginx:é', 'the image tag "\\u00e9" starts with "\\u00e9"'],
    ['nginx@', 'the image digest is "", expected "sha256:" and 64 lower-case hexadecimal digits; copy the whole digest'],
    ['nginx@latest', 'the image digest is "latest"'],
    [`nginx@${SHA256}@${SHA256}`, 'the image digest is '],
    [`nginx@${SHA256.toUpperCase()}`, 'the image digest is "SHA256:'],
    [`nginx@SHA256:${'a'.repeat(64)}`, 'the image digest is "SHA256:'],
    [`nginx@sha256:${'A'.repeat(64)}`, 'the image digest is "sha256:AAA'],
    [`nginx@sha256:${'g'.repeat(64)}`, 'the image digest is "sha256:ggg'],
    [`nginx@sha256:${'a'.repeat(63)}`, 'has 63 hexadecimal digits, expected 64 for sha256'],
    ['nginx@sha256:', 'the image digest "sha256:" has 0 hexadecimal digits, expected 64 for sha256'],
    [`nginx@sha384:${'a'.repeat(64)}`, 'has 64 hexadecimal digits, expected 96 for sha384'],
    [`nginx@sha512:${'a'.repeat(64)}`, 'has 64 hexadecimal digits, expected 128 for sha512'],
    [`nginx@md5:${'a'.repeat(32)}`, 'has the unknown algorithm "md5", expected sha256, sha384, sha512'],
    [`nginx@toString:${'a'.repeat(64)}`, 'the image digest is "toString:'],
    [`nginx@constructor:${'a'.repeat(64)}`, 'has the unknown algorithm "constructor"'],
  ];

  test.each(mistakes.map(([text, message]) => [show(text), text, message] as const))('refuses %s', (_, text, message) => {
    const error = failureOf(() => ImageReference.parse(text as string));
    expect(error).toBeInstanceOf(UserError);
    expect(error?.message).toContain(message);
  });

  test.each([
    ['', 'the image tag is empty'],
    [undefined, 'the image tag is empty'],
    ['a'.repeat(129), 'has 129 characters'],
    ['feature/x', 'contains "/"'],
    ['1.27\n', 'the image tag "1.27\\n" contains "\\n"'],
  ])('refuses the tag %j', (tag, message) => {
    const error = failureOf(() => ImageReference.parse('nginx').withTag(tag as string));
    expect(error).toBeInstanceOf(UserError);
    expect(error?.message).toContain(message);
  });

  test.each([
    ['', 'the image digest is ""'],
    [undefined, 'the image digest is nothing'],
    ['a'.repeat(64), 'the image digest is "aaa'],
    [`@${SHA256}`, 'the image digest is "@sha256'],
    [`${SHA256}\n`, 'the image digest is "sha256:'],
  ])('refuses the digest %j', (digest, message) => {
    const error = failureOf(() => ImageReference.parse('nginx').withDigest(digest as string));
    expect(error).toBeInstanceOf(UserError);
    expect(error?.message).toContain(message);
  });

  test.each(['a', 'A', '/', 'a/', 'a.', '-', 'a-', '_', ':', '@', ' ', '$', '0', '[:', 'a:', '\n'])('decides about 100 kB of %j before the test times out', (unit) => {
    const hostile = unit.repeat(100_000 / unit.length);
    for (const text of [hostile, `a.b/${hostile}`, `${hostile}!`, hostile.slice(0, 1024), `a.b/${hostile.slice(0, 1019)}!`, `a${hostile.slice(0, 1022)}!`]) {
      const error = failureOf(() => ImageReference.parse(text));
      if (error) expect(error).toBeInstanceOf(UserError);
    }
    expect(failureOf(() => ImageReference.parse('nginx').withTag(hostile))).toBeInstanceOf(UserError);
    expect(failureOf(() => ImageReference.parse('nginx').withDigest(`sha256:${hostile}`))).toBeInstanceOf(UserError);
  });
});

describe('ImageReference with generated texts', () => {
  const lower = 'abcxyz0189';
  const word = textOf(lower, 1, 8);
  // Without a host before it, a first part with a "." would be one.
  const firstPart = joined(word, ['-', '---', '_', '__']);
  const pathPart = joined(word, ['-', '---', '_', '__', '.']);
  const path = fc.tuple(firstPart, fc.array(pathPart, { maxLength: 3 })).map(([first, rest]) => [first, ...rest].join('/'));
  const hostName = joined(joined(textOf(`${lower}ABZ`, 1, 8), ['-', '--']), ['.']).map((name) => `${name}.example`);
  const address = textOf('0123456789abcdefABCDEF:', 1, 20).map((digits) => `[:${digits}]`);
  const port = fc.option(fc.nat(65535).map((number) => `:${number}`), { nil: '' });
  const host = fc.tuple(fc.oneof(fc.constant('localhost'), hostName, address), port).map(([name, end]) => name + end);
  const tag = fc.tuple(textOf(`${lower}ABZ_`, 1, 1), textOf(`${lower}ABZ_.-`, 0, 127)).map(([first, rest]) => first + rest);
  const digest = fc.constantFrom(['sha256', 64], ['sha384', 96], ['sha512', 128] as const)
    .chain(([algorithm, length]) => textOf('0123456789abcdef', length, length).map((hex) => `${algorithm}:${hex}`));
  const reference = fc.tuple(fc.option(host), path, fc.option(tag), fc.option(digest))
    .map(([h, p, t, d]) => `${h ? `${h}/` : ''}${p}${t ? `:${t}` : ''}${d ? `@${d}` : ''}`);
  const nearly = fc.tuple(reference, fc.nat(), fc.string({ unit: ANY_CHARACTER, maxLength: 3 }))
    .map(([text, at, noise]) => `${text.slice(0, at % (text.length + 1))}${noise}${text.slice(at % (text.length + 1))}`);

  test('keeps the spelling of a valid reference', () => {
    fc.assert(fc.property(reference, (text) => {
      expect(ImageReference.parse(text).toString()).toBe(text);
    }), { numRuns: 500 });
  });

  test('has a canonical spelling of the same image', () => {
    fc.assert(fc.property(reference, (text) => {
      const parsed = ImageReference.parse(text);
      const canonical = ImageReference.parse(parsed.canonical);
      expect(canonical.canonical).toBe(parsed.canonical);
      expect(canonical.toString()).toBe(parsed.canonical);
      expect(partsOf(canonical)).toEqual(partsOf(parsed));
    }), { numRuns: 500 });
  });

  test('throws only user errors', () => {
    fc.assert(fc.property(fc.oneof(fc.string({ unit: ANY_CHARACTER }), fc.string(), nearly), (text) => {
      const error = failureOf(() => expect(ImageReference.parse(text).toString()).toBe(text));
      if (error) expect(error).toBeInstanceOf(UserError);
    }), { numRuns: 2000 });
  });

  test('sets a tag and a digest in any order', () => {
    fc.assert(fc.property(reference, tag, digest, (text, newTag, newDigest) => {
      const before = ImageReference.parse(text);
      const after = before.withTag(newTag).withDigest(newDigest);
      expect(after.toString()).toBe(before.withDigest(newDigest).withTag(newTag).toString());
      expect(partsOf(after)).toEqual({ registry: before.registry, repository: before.repository, tag: newTag, digest: newDigest });
      expect(ImageReference.parse(after.toString()).canonical).toBe(after.canonical);
      expect(before.toString()).toBe(text);
    }), { numRuns: 500 });
  });
});

function textOf(alphabet: string, minLength: number, maxLength: number): fc.Arbitrary<string> {
  return fc.string({ unit: fc.constantFrom(...alphabet), minLength, maxLength });
}

function joined(part: fc.Arbitrary<string>, separators: string[]): fc.Arbitrary<string> {
  return fc.tuple(part, fc.array(fc.tuple(fc.constantFrom(...separators), part), { maxLength: 2 })).map(([first, rest]) => first + rest.flat().join(''));
}

interface Vectors {
  readonly upstream: UpstreamVector[];
  readonly oracle: OracleVector[];
}

interface UpstreamVector extends Outcome {
  readonly api: string;
  readonly input: string;
  readonly name?: string;
}

interface OracleVector {
  readonly input: string;
  readonly normalized: Outcome;
}

interface Outcome {
  readonly ok: boolean;
  readonly domain?: string;
  readonly path?: string;
  readonly tag?: string;
  readonly digest?: string;
  readonly string?: string;
  readonly canonical?: string;
  readonly familiar?: string;
  readonly dockerRef?: string;
  readonly error?: string;
}

interface Case extends Outcome {
  readonly api: string;
  readonly input: string;
}

interface Deviation {
  readonly why: string;
  readonly of: (vector: Case) => boolean;
}

const DELIBERATE: Deviation[] = [
  {
    why: 'sha384 and sha512 are accepted, as by Kubernetes',
    of: ({ error, input }) => error === 'digest.ErrDigestUnsupported' && /@(?:sha384:[a-f0-9]{96}|sha512:[a-f0-9]{128})$/.test(input),
  },
  {
    why: 'a host that can be none is not read as a part of the path',
    of: ({ ok, domain }) => ok && domain === '',
  },
  {
    why: 'a digest is as long as its algorithm says wherever it comes from',
    of: ({ api, input }) => api === 'WithTag' && /@sha256:[a-f0-9]{37}$/.test(input),
  },
];

describeVectors<Vectors>('image-references.json', ({ upstream, oracle }) => {
  const cases: Case[] = [
    ...oracle.map(({ input, normalized }) => ({ api: 'ParseNormalizedNamed', input, ...normalized })),
    ...upstream.flatMap(caseOf),
  ];
  const deliberate = cases.filter(isDeliberate);
  const titled = (some: Case[]) => some.map((one) => [one.api, show(one.input), one] as const);

  test.each(titled(cases.filter((one) => !isDeliberate(one))))('%s and the parser agree about %s', (_, __, one) => {
    expect(outcomeOf(one)).toEqual(expectedOf(one));
  });

  test.each(titled(deliberate))('%s and the parser disagree deliberately about %s', (_, __, one) => {
    expect(outcomeOf(one).ok).toBe(!one.ok);
  });

  test('all agree with the parser, except deliberate differences', () => {
    const agreeing = cases.filter((one) => JSON.stringify(outcomeOf(one)) === JSON.stringify(expectedOf(one)));
    const reasons = DELIBERATE.map(({ why, of }) => `${cases.filter(of).length} ${why}`).join(', ');
    printAgreement('image-references.json', agreeing.length, cases.length, `deliberate: ${reasons}`);
    expect(agreeing.length + deliberate.length).toBe(cases.length);
    expect(deliberate).toHaveLength(3);
    expect(cases.length).toBeGreaterThanOrEqual(600);
  });
});

/** The functions that are this class's in other words. Regexp vectors that match a part of a reference, and Parse without normalisation, are not. */
function caseOf(vector: UpstreamVector): Case[] {
  const { api, ok, name, tag } = vector;
  if (['ParseNormalizedNamed', 'ParseAnyReference', 'WithName'].includes(api)) return [vector];
  if (api === 'ParseDockerRef') return [{ ...vector, canonical: undefined, dockerRef: vector.canonical }];
  if (api === 'WithTag' && name !== undefined) return [vector];
  // The pattern of a tag: as the tag of something.
  return api === 'TagRegexp' ? [{ api, ok, input: `app:${vector.input}`, tag }] : [];
}

function isDeliberate(vector: Case): boolean {
  return DELIBERATE.some((deviation) => deviation.of(vector));
}

/** What the vector says, without its own names for things. */
function expectedOf({ ok, domain, path, tag, digest, string, canonical, familiar, dockerRef }: Case): Outcome {
  return ok ? { ok, domain, path, tag, digest, string, canonical, familiar: familiar && 'the same image', dockerRef } : { ok };
}

/** As much of it as the vector speaks of: vectors of names alone leave tag and digest out, as those that have none. */
function outcomeOf(one: Case): Outcome {
  const reference = parsedOf(one);
  if (!reference) return { ok: false };
  const { registry, repository, tag, digest, canonical } = reference;
  const only = (key: keyof Outcome, value?: string) => (one[key] === undefined ? undefined : value);
  const complete = one.string !== undefined;
  return {
    ok: true,
    domain: only('domain', registry),
    path: only('path', repository),
    tag: complete ? tag : only('tag', tag),
    digest: complete ? digest : only('digest', digest),
    string: only('string', canonical),
    canonical: only('canonical', canonical),
    familiar: only('familiar', isSame(one.familiar, canonical) ? 'the same image' : 'another image'),
    dockerRef: only('dockerRef', dockerRefOf(reference)),
  };
}

function parsedOf({ api, input, tag }: Case): ImageReference | undefined {
  try {
    // WithTag was recorded by what it printed, so that is taken apart again.
    return api === 'WithTag' ? ImageReference.parse(input.replace(`:${tag}`, '')).withTag(tag ?? '') : ImageReference.parse(input);
  } catch {
    return undefined;
  }
}

function isSame(text: string | undefined, canonical: string): boolean {
  return text !== undefined && ImageReference.parse(text).canonical === canonical;
}

/** What a node pulls: by digest without the tag, else by tag. */
function dockerRefOf({ registry, repository, tag, digest }: ImageReference): string {
  return digest ? `${registry}/${repository}@${digest}` : `${registry}/${repository}:${tag ?? 'latest'}`;
}

function partsOf({ registry, repository, tag, digest }: ImageReference): Parts {
  return { registry, repository, tag, digest };
}

function failureOf(action: () => unknown): Error | undefined {
  try {
    action();
    return undefined;
  } catch (error) {
    return error as Error;
  }
}
