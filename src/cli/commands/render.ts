import { decodeText } from '../../base/text-file';
import { userError, show } from '../../base/user-error';
import { CiVariables } from '../../gitlab/ci-variables';
import { CiImage, ImageLookup } from '../../image/ci-image';
import { withOwnRegistry } from '../../image/policy';
import { Container, noContainer } from '../../kubernetes/container-images';
import { ExitCode } from '../base/failure';
import type { Arguments } from '../command-line/arguments';
import type { Command, Context } from '../command-line/command';
import { FILENAME_OPTION } from '../command-line/options';
import { renderInPlace } from '../render/render-in-place';

const IMAGE = 'Image';

/**
 * Sets an image in a manifest and keeps every other byte.
 */
export const render: Command = {
  name: 'render',
  summary: 'set an image in a manifest and change nothing else',
  operands: ['[FILE|-]'],
  required: 0,
  description: [
    'Reads a manifest (standard input without FILE), sets the image of containers, and prints it. It sets the image of each container whose image is the',
    'placeholder, and of each container that --container names. Image volumes are set like containers. The placeholder in other places stays; in a custom',
    'resource, a placeholder that may be an image is an error. A manifest in UTF-16 becomes UTF-8.',
    '',
    'The image is --image, or the variable of the image job of this pipeline. The variable NAME_PIPELINE_ID must name this pipeline, so that no older image',
    'is used by mistake.',
  ],
  examples: [
    { line: 'cdk8s-ci-deploy render deployment.yml --file out.yml', does: 'Set the image of this pipeline' },
    { line: 'cdk8s-ci-deploy render app.yml --image registry.example.com/group/web:1.4', does: 'Set a given image and print the manifest' },
    { line: 'cdk8s-ci-deploy render app.yml --container web --container worker', does: 'Set the image of two containers' },
  ],
  options: new Map([
    ...FILENAME_OPTION,
    ['image', { takes: 'REFERENCE', group: IMAGE, summary: 'the image (default: the variable of the image job)' }],
    ['variable', { takes: 'NAME', group: IMAGE, excludes: ['image'], summary: 'the variable of the image job (default: IMAGE)' }],
    ['placeholder', { takes: 'TEXT', summary: 'the image to replace (default: IMAGE)' }],
    ['container', { takes: 'NAME', many: true, summary: 'also set this container, whatever its image is' }],
    ['allow-mutable-tag', { group: IMAGE, summary: 'accept an image without a tag, with the tag latest, or with the name of the branch' }],
    ['allow-registry', { takes: 'PREFIX', many: true, group: IMAGE, summary: 'accept images with this prefix; in CI, those of CI_REGISTRY_IMAGE, too' }],
    ['file', { takes: 'FILE', summary: 'write the manifest into this file, which may be the input' }],
    ['output', { takes: 'text|json', summary: 'json: a report, with the manifest unless --file has it (default: text)' }],
  ]),
  variables: new Map([
    ['IMAGE', 'the image, or the variable that --variable names'],
    ['IMAGE_PIPELINE_ID', 'the pipeline that built it'],
    ['CI_PIPELINE_ID', 'this pipeline'],
    ['CI_REGISTRY_IMAGE', 'in CI: the prefix of allowed images'],
    ['CI, GITLAB_CI', 'whether this is a job'],
    ['CI_COMMIT_REF_SLUG, CI_COMMIT_TAG', 'the branch, whose name is no tag of an image'],
  ]),
  exitCodes: new Map([
    [0, 'done'],
    [1, 'the result cannot be written'],
    [2, 'wrong usage or input; nothing was written'],
  ]),

  async run(context: Context): Promise<ExitCode> {
    const { args, files, stdout, stderr } = context;
    const output = args.choice('output', ['text', 'json']);
    const file = args.one('file');
    const { reference, source } = imageOf(args, context.variables);
    const { manifest, containers } = await rendered(context, reference.toString());

    if (file !== undefined) files.write(file, manifest);
    stderr.write(`${reference} (${source}) set in ${counted(containers)}\n`);
    const names = containers.map(({ name }) => name);
    const report = { image: reference.toString(), source, containers: names, ...(file === undefined ? { manifest } : { file }) };
    if (output === 'json') stdout.json(report);
    else if (file === undefined) stdout.raw(manifest);
    return ExitCode.DONE;
  },
};

interface Rendered {
  readonly manifest: string;
  /** The containers and image volumes with the new image. */
  readonly containers: Container[];
}

function imageOf(args: Arguments, variables: CiVariables): ImageLookup {
  const policy = {
    allowMutableTag: args.has('allow-mutable-tag'),
    allowedRegistries: withOwnRegistry(args.all('allow-registry'), variables),
  };
  const image = args.one('image');
  if (image === undefined) return CiImage.fromGitlab({ ...policy, variable: args.one('variable'), ciVariables: present(variables) }).lookup();
  return { ...CiImage.of(image, policy).lookup(), source: 'option --image' };
}

function present(variables: CiVariables): Record<string, string> {
  return Object.fromEntries(Object.entries(variables).filter((entry): entry is [string, string] => entry[1] !== undefined));
}

async function rendered({ args, files }: Context, image: string): Promise<Rendered> {
  const name = args.operands[0] ?? '-';
  if (name === '-' && files.stdinIsTerminal) {
    throw userError({ at: 'render', given: 'there is no manifest', expected: 'a file, or a manifest on standard input', fix: 'name the file, such as render deployment.yml' });
  }
  const fileName = name === '-' ? 'standard input' : name;
  const bytes = await files.read(name);
  const mark = bytes.subarray(0, UTF8_MARK.length).equals(UTF8_MARK) ? '\ufeff' : '';
  return replaced(mark + decodeText(bytes, fileName), fileName, image, { placeholder: args.one('placeholder') ?? 'IMAGE', names: args.all('container') });
}

const UTF8_MARK = Buffer.from('\ufeff');

interface Selection {
  readonly placeholder: string;
  readonly names: string[];
}

function replaced(text: string, fileName: string, image: string, { placeholder, names }: Selection): Rendered {
  const all: Container[] = [];
  const set: Container[] = [];
  const wanted = [`the image ${show(placeholder)}`, ...names.map((name) => `the name ${show(name)}`)].join(' or ');
  const manifest = renderInPlace(text, fileName, (container) => {
    all.push(container);
    const isNamed = !container.isVolume && names.includes(container.name);
    if (container.image !== placeholder && !isNamed) return undefined;
    set.push(container);
    return image;
  }, { wanted, placeholder });
  const absent = names.find((name) => !set.some((container) => container.name === name && !container.isVolume));
  if (absent === undefined) return { manifest, containers: set };
  throw noContainer(fileName, `the name ${show(absent)}`, all);
}

function counted(containers: Container[]): string {
  const volumes = containers.filter(({ isVolume }) => isVolume).length;
  const counts: Array<[number, string]> = [[containers.length - volumes, 'container'], [volumes, 'image volume']];
  return counts.filter(([count]) => count > 0).map(([count, noun]) => `${count} ${noun}${count === 1 ? '' : 's'}`).join(' and ');
}
