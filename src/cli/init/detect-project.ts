import { isAbsolute, join } from 'node:path';
import { parseObject } from '../../base/json';
import { decodeText } from '../../base/text-file';
import { userError, show } from '../../base/user-error';
import { containersOf } from '../../kubernetes/container-images';
import { parseManifest } from '../../yaml/manifest-parser';
import type { Context } from '../command-line/command';

/**
 * The existing files of a folder that matter to a new project.
 */
export interface DetectedProject {
  /** A manifest with a placeholder for the image. `file` is its name in the folder. */
  readonly manifest?: { readonly file: string; readonly placeholder: string };
  readonly isHugoSite: boolean;
  readonly hasDockerfile: boolean;
  readonly hasPipeline: boolean;
  /** Whether its package.json has `"type": "module"`. */
  readonly isModule: boolean;
}

/** Usual names of a manifest whose image a script replaces. */
const MANIFESTS = ['deployment.yml', 'deployment.yaml'];
const HUGO = ['hugo.toml', 'hugo.yaml', 'hugo.yml', 'hugo.json'];

/**
 * Reads the existing files of a folder. It runs none of them.
 */
export async function detectProject({ args, files }: Pick<Context, 'args' | 'files'>, folder: string): Promise<DetectedProject> {
  const has = (name: string) => files.exists(join(folder, name));
  const manifest = args.one('manifest') ?? MANIFESTS.find(has);
  if (manifest === undefined && args.has('placeholder')) {
    throw userError({ at: '--placeholder', given: 'there is no manifest', expected: `--manifest, or one of ${MANIFESTS.join(', ')}`, fix: 'add --manifest FILE, or remove --placeholder' });
  }
  return {
    manifest: manifest === undefined ? undefined : await readManifest(files, folder, manifest, args.one('placeholder') ?? 'IMAGE'),
    isHugoSite: HUGO.some(has),
    hasDockerfile: has('Dockerfile'),
    hasPipeline: has('.gitlab-ci.yml'),
    isModule: has('package.json') && parseObject((await files.read(join(folder, 'package.json'))).toString('utf8'))?.type === 'module',
  };
}

async function readManifest(files: Context['files'], folder: string, file: string, placeholder: string): Promise<DetectedProject['manifest']> {
  if (isAbsolute(file) || file.split(/[/\\]/).includes('..')) {
    throw userError({ at: '--manifest', given: show(file), expected: 'a file in the folder of the project', fix: 'use its name in the folder, such as --manifest deployment.yml' });
  }
  const images = parseManifest(decodeText(await files.read(join(folder, file)), file), file)
    .flatMap(({ value }) => containersOf(value)).map(({ image }) => image);
  if (images.includes(placeholder)) return { file, placeholder };
  throw userError({
    at: file,
    given: images.length === 0 ? 'no container' : `images ${[...new Set(images)].map(show).join(', ')}`,
    expected: `a container whose image is the placeholder ${show(placeholder)}`,
    fix: `write "image: ${placeholder}", or pass another placeholder with --placeholder`,
  });
}
