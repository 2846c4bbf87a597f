import { dirname, join } from 'node:path';
import { fileName } from './file-state';
import { isObject, Json } from '../../base/json';
import { yamlModule } from '../../base/lazy-modules';
import { printableText } from '../../base/printable';
import { userError } from '../../base/user-error';
import { GENERATED_BY } from '../../pipeline/jobs/pipeline-yaml';
import type { ProgramOutput } from '../../pipeline/model/program-output';
import type { Context } from '../command-line/command';
import type { Files } from '../io/files';

type NamesContext = Pick<Context, 'files' | 'cwd'>;

/** A file with jobs of this library. */
interface JobFile {
  readonly path: string;
  readonly jobs: readonly string[];
}

/**
 * Checks that no two files of one pipeline have a job of the same name: GitLab would merge them silently.
 * The files are those of the program, and generated ones that the .gitlab-ci.yml of the repository includes beside them.
 * Components and files of child pipelines are pipelines of their own.
 *
 * @throws `UserError` with the two files and a job of both.
 */
export async function checkJobNames(pipelines: readonly ProgramOutput[], context: NamesContext): Promise<void> {
  const written = pipelines.filter(({ yaml }) => !/^spec:/m.test(yaml));
  const [first] = written;
  if (first === undefined) return;
  const top = topFolder(dirname(first.path), context.files);
  const root = join(top, '.gitlab-ci.yml');
  const rootText = written.find(({ path }) => path === root)?.yaml ?? await textOf(root, context.files);
  const texts = [rootText, ...written.filter(({ path }) => path !== root).map(({ yaml }) => yaml)].map(valueOf);
  const triggers = texts.flatMap((file) => Object.values(file)).map((job) => (isObject(job) ? job.trigger : undefined));
  const children = new Set(triggers.flatMap((trigger) => (isObject(trigger) ? localFiles(trigger.include, top) : [])));
  const included = new Set(localFiles(valueOf(rootText).include, top));

  const own = written.filter(({ path }) => !children.has(path)).map(({ path, model }) => ({ path, jobs: model.jobs.map(({ name }) => name) }));
  own.forEach((file, index) => own.slice(0, index).forEach((other) => checkPair(other, file, context)));
  const others = [...included].filter((path) => !children.has(path) && !pipelines.some((one) => one.path === path));
  for (const other of await generatedFiles(others, context.files)) {
    for (const file of own.filter(({ path }) => path === root || included.has(path))) checkPair(other, file, context);
  }
}

function checkPair(other: JobFile, file: JobFile, { cwd }: NamesContext): void {
  const twice = file.jobs.find((name) => other.jobs.includes(name));
  if (twice === undefined) return;
  const [at, otherFile] = [file, other].map((one) => printableText(fileName(one, cwd)));
  throw userError({
    at,
    given: `its job ${printableText(twice)} is in ${otherFile}, too, and GitLab merges jobs of the same name`,
    expected: 'other names in each file of one pipeline',
    fix: 'set the option jobPrefix of one GitlabPipeline, such as "web-"',
  });
}

/** The nearest folder with a repository, or else the folder itself. */
function topFolder(folder: string, files: Files): string {
  for (let at = folder; ; at = dirname(at)) {
    if (files.exists(join(at, '.git'))) return at;
    if (dirname(at) === at) return folder;
  }
}

async function textOf(path: string, files: Files): Promise<string> {
  return files.exists(path) ? (await files.read(path)).toString('utf8') : '';
}

/** GitLab reports the mistakes of a file that is no valid YAML. */
function valueOf(text: string): { readonly [keyword: string]: Json } {
  const [document] = yamlModule().parseAllDocuments(text, { version: '1.1', logLevel: 'silent', uniqueKeys: false });
  const value = document?.toJS() as Json | undefined;
  return isObject(value) ? value : {};
}

/** The paths of `include` that name one file of the repository. */
function localFiles(include: Json | undefined, top: string): string[] {
  return (Array.isArray(include) ? include : [include]).flatMap((entry) => {
    const path = isObject(entry) ? entry.local : entry;
    return typeof path === 'string' && !/[*$]|^[a-z]+:\/\//.test(path) ? [join(top, path)] : [];
  });
}

async function generatedFiles(paths: readonly string[], files: Files): Promise<JobFile[]> {
  const texts = await Promise.all(paths.map(async (path) => ({ path, text: await textOf(path, files) })));
  return texts.filter(({ text }) => text.startsWith(GENERATED_BY)).map(({ path, text }) => ({
    path, jobs: Object.entries(valueOf(text)).flatMap(([name, job]) => (isObject(job) && job.stage !== undefined ? [name] : [])),
  }));
}
