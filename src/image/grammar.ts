import { userError, show } from '../base/user-error';

/**
 * The parts of a reference.
 */
export interface ImageParts {
  /** Registry and path as written. */
  readonly name: string;
  readonly registry: string;
  readonly repository: string;
  readonly tag?: string;
  readonly digest?: string;
}

/**
 * Parses a reference as `ParseNormalizedNamed` of github.com/distribution/reference does (reference.go, normalize.go).
 *
 * @throws When the text is not a reference. The message names the wrong part.
 */
export function parseImage(text: string): ImageParts {
  checkText(text);
  const [named, digest] = cut(text, '@');
  const { host, rest, registry } = splitRegistry(named);
  const [path, tag] = cut(rest, ':');
  const repository = registry === DEFAULT_REGISTRY && !path.includes('/') ? `library/${path}` : path;
  checkName(text, path, tag, digest);
  checkRegistry(registry);
  checkPath(path);
  checkLength(repository);
  if (tag !== undefined) checkTag(tag);
  if (digest !== undefined) checkDigest(digest);
  return { name: host + path, registry, repository, tag, digest };
}

const DEFAULT_REGISTRY = 'docker.io';
const LEGACY_REGISTRY = 'index.docker.io';

/** More than the sum of a DNS name (253), a port, a path (255), a tag (128) and a sha512 digest (135). */
const LONGEST_TEXT = 1024;
const LONGEST_REPOSITORY = 255;
const LONGEST_TAG = 128;

const IDENTIFIER = /^[a-f0-9]{64}$/;
const URL_SCHEME = /^[A-Za-z][A-Za-z0-9+.-]*:\/\//;

const HOST_PART = '(?:[a-zA-Z0-9]|[a-zA-Z0-9][a-zA-Z0-9-]*[a-zA-Z0-9])';
const REGISTRY = new RegExp(`^(?:${HOST_PART}(?:\\.${HOST_PART})*|\\[[a-fA-F0-9:]+\\])(?::[0-9]+)?$`);

const PATH_PART = '[a-z0-9]+(?:(?:[._]|__|-+)[a-z0-9]+)*';
const PATH = new RegExp(`^${PATH_PART}(?:/${PATH_PART})*$`);

const NOT_IN_TAG = /^[.-]|[^\w.-]/;

const ALGORITHM = /^[a-z0-9]+(?:[.+_-][a-z0-9]+)*$/;
const LOWER_CASE_HEX = /^[a-f0-9]*$/;
const HEX_DIGITS = new Map([['sha256', 64], ['sha384', 96], ['sha512', 128]]);

const TAG_EXPECTED = `at most ${LONGEST_TAG} letters, digits, "_", "." and "-", the first of them a letter, a digit or "_"`;
const DIGEST_EXPECTED = '"sha256:" and 64 lower-case hexadecimal digits';
const TAG_FIX = 'use CI_COMMIT_SHA as the tag; names of branches can contain characters that tags cannot';
const DIGEST_FIX = 'copy the whole digest that the registry or the build printed';

/** Splits a text at the first separator. The second part is missing without a separator. */
function cut(text: string, separator: string): [string, string | undefined] {
  const at = text.indexOf(separator);
  return at < 0 ? [text, undefined] : [text.slice(0, at), text.slice(at + 1)];
}

interface SplitName {
  /** The host as written, with its final slash; an empty text without a host. */
  readonly host: string;
  readonly rest: string;
  readonly registry: string;
}

function splitRegistry(named: string): SplitName {
  const [first, rest] = cut(named, '/');
  const isHost = first === 'localhost' || /[.:]/.test(first) || first.toLowerCase() !== first;
  return rest === undefined || !isHost
    ? { host: '', rest: named, registry: DEFAULT_REGISTRY }
    : { host: `${first}/`, rest, registry: first === LEGACY_REGISTRY ? DEFAULT_REGISTRY : first };
}

function checkText(text: string): void {
  // Programs in plain JavaScript may pass an undefined variable.
  if (typeof text !== 'string' || text === '') {
    throw userError({
      given: text === '' ? 'the image reference is empty' : `the image reference is ${show(text)}`,
      expected: 'a reference such as "registry.example.com/group/app:1.27"',
      fix: 'set the variable of the reference',
    });
  }
  if (text.length > LONGEST_TEXT) {
    throw userError({
      given: `the image reference ${show(text)} has ${text.length} characters`,
      expected: `at most ${LONGEST_TEXT}`,
      fix: 'pass a reference such as "registry.example.com/group/app:1.27", without other text',
    });
  }
  if (text.trim() !== text) {
    throw userError({
      given: `the image reference ${show(text)} starts or ends with white space`,
      expected: 'none',
      fix: 'remove it; the output of a command and the text of a file end with a newline',
    });
  }
  checkMistakes(text);
}

/** Checks for texts that are often passed by mistake: unexpanded variables, URLs and image IDs. */
function checkMistakes(text: string): void {
  if (text.includes('$')) {
    throw userError({
      given: `the image reference ${show(text)} contains "$", a variable that was not expanded`,
      expected: 'its value',
      fix: 'set the variable in this job, or expand it before it is passed',
    });
  }
  if (URL_SCHEME.test(text)) {
    throw userError({
      given: `the image reference ${show(text)} is a URL`,
      expected: 'a reference such as "registry.example.com/group/app:1.27"',
      fix: 'remove everything up to and including "://"',
    });
  }
  if (IDENTIFIER.test(text)) {
    throw userError({
      given: `the image reference ${show(text)} is an image ID, which registries do not know`,
      expected: 'a name',
      fix: 'push the image, and use its name and the digest that the push printed: "<name>@sha256:<digest>"',
    });
  }
}

function checkName(text: string, path: string, tag?: string, digest?: string): void {
  if (path !== '') return;
  const empty = tag === undefined && digest === undefined ? 'after the registry' : 'before the tag or digest';
  throw userError({
    given: `the image reference ${show(text)} has no name ${empty}`,
    expected: 'a repository such as "group/app"',
    fix: 'set the variable of the name, such as CI_REGISTRY_IMAGE',
  });
}

function checkRegistry(registry: string): void {
  if (REGISTRY.test(registry)) return;
  throw userError({
    given: `the image registry is ${show(registry)}`,
    expected: 'a host name or an address in square brackets, with or without ":" and a port',
    fix: 'write a registry such as "registry.example.com:5000" before the first "/"; a tag cannot contain "/"',
  });
}

function checkPath(path: string): void {
  if (/[A-Z]/.test(path)) {
    throw userError({
      given: `the image repository ${show(path)} has upper-case letters`,
      expected: 'lower case only',
      fix: `write ${show(path.toLowerCase())}; CI_REGISTRY_IMAGE is lower-case, CI_PROJECT_PATH is not`,
    });
  }
  if (!PATH.test(path)) {
    throw userError({
      given: `the image repository is ${show(path)}`,
      expected: 'parts of lower-case letters and digits, separated by "/", and inside a part by one ".", one or two "_", or any number of "-"',
      fix: 'rename it, for example to "group/my-app", or check the variables in it',
    });
  }
}

function checkLength(repository: string): void {
  if (repository.length <= LONGEST_REPOSITORY) return;
  throw userError({
    given: `the image repository ${show(repository)} has ${repository.length} characters`,
    expected: `at most ${LONGEST_REPOSITORY}`,
    fix: 'shorten the path',
  });
}

/**
 * Checks a tag.
 *
 * @throws When it is not a valid tag.
 */
export function checkTag(tag: string): void {
  if (typeof tag !== 'string' || tag === '') {
    throw userError({
      given: 'the image tag is empty',
      expected: TAG_EXPECTED,
      fix: 'set the variable of the tag, or leave out the ":"',
    });
  }
  if (tag.length > LONGEST_TAG) {
    throw userError({ given: `the image tag ${show(tag)} has ${tag.length} characters`, expected: `at most ${LONGEST_TAG}`, fix: TAG_FIX });
  }
  const wrong = NOT_IN_TAG.exec(tag);
  if (wrong) {
    const where = wrong.index === 0 ? 'starts with' : 'contains';
    throw userError({ given: `the image tag ${show(tag)} ${where} ${show(wrong[0])}`, expected: TAG_EXPECTED, fix: TAG_FIX });
  }
}

/**
 * Checks a digest.
 *
 * @throws When it is not a valid digest.
 */
export function checkDigest(digest: string): void {
  const [algorithm, hex] = typeof digest === 'string' && digest.length <= LONGEST_TEXT ? cut(digest, ':') : ['', undefined];
  if (hex === undefined || !ALGORITHM.test(algorithm) || !LOWER_CASE_HEX.test(hex)) {
    throw userError({ given: `the image digest is ${show(digest)}`, expected: DIGEST_EXPECTED, fix: DIGEST_FIX });
  }
  const digits = HEX_DIGITS.get(algorithm);
  if (digits === undefined) {
    throw userError({
      given: `the image digest ${show(digest)} has the unknown algorithm ${show(algorithm)}`,
      expected: [...HEX_DIGITS.keys()].join(', '),
      fix: DIGEST_FIX,
    });
  }
  if (hex.length !== digits) {
    throw userError({
      given: `the image digest ${show(digest)} has ${hex.length} hexadecimal digits`,
      expected: `${digits} for ${algorithm}`,
      fix: DIGEST_FIX,
    });
  }
}
