import { decodeText } from '../../base/text-file';
import { userError, show } from '../../base/user-error';
import { CiVariables } from '../../gitlab/ci-variables';
import { CiImage, ImageLookup } from '../../image/ci-image';
import { Container, noContainer } from '../../kubernetes/container-images';
import { ExitCode } from '../base/exit-code';
import type { Arguments } from '../command-line/arguments';
import type { Command, Context } from '../command-line/command';
import { renderInPlace } from '../render/render-in-place';

/**
 * Puts an image into a manifest; every other byte stays.
 */
export const render: Command = {
  name: 'render',
  summary: 'put an image into a manifest and change nothing else',
  operands: ['[FILE|-]'],
  required: 0,
  description: [
    'Reads a manifest (standard input without FILE), sets the image of containers, and prints it.',
    'Set are containers whose image is the placeholder, and containers that are named. The word elsewhere stays.',
    '',
    'The image is --image, or what the image job of this pipeline handed over: IMAGE and IMAGE_PIPELINE_ID.',
  ],
  options: new Map([
    ['image', { takes: 'REFERENCE', summary: 'the image (default: the variable that the image job wrote)' }],
    ['variable', { takes: 'NAME', summary: 'the variable that the image job wrote (default: IMAGE)' }],
    ['placeholder', { takes: 'TEXT', summary: 'the image that stands for the one to come (default: IMAGE)' }],
    ['container', { takes: 'NAME', many: true, summary: 'a container to set, whatever its image is' }],
    ['allow-mutable-tag', { summary: 'accept no tag, latest, and the name of the branch' }],
    ['allow-registry', { takes: 'PREFIX', many: true, summary: 'where the image may come from (default: in CI, CI_REGISTRY_IMAGE)' }],
    ['file', { takes: 'FILE', summary: 'write the manifest into a file, which may be the one that was read' }],
    ['output', { takes: 'text|json', summary: 'json: an account of what was done, with the manifest in it unless it goes to a file (default: text)' }],
  ]),

  async run(context: Context): Promise<ExitCode> {
    const { args, files, stdout, stderr } = context;
    const output = args.choice('output', ['text', 'json']);
    const file = args.one('file');
    const { reference, source } = imageOf(args, context.variables);
    const { manifest, containers } = await rendered(context, reference.toString());

    if (file !== undefined) files.write(file, manifest);
    stderr.write(`${reference} (${source}) set in ${counted(containers)}\n`);
    const account = { image: reference.toString(), source, containers, ...(file === undefined ? { manifest } : { file }) };
    if (output === 'json') stdout.write(`${JSON.stringify(account, null, 2)}\n`);
    else if (file === undefined) stdout.write(manifest);
    return ExitCode.DONE;
  },
};

interface Rendered {
  readonly manifest: string;
  /** The containers that got the image, by name. */
  readonly containers: string[];
}

function imageOf(args: Arguments, variables: CiVariables): ImageLookup {
  const policy = {
    allowMutableTag: args.has('allow-mutable-tag'),
    allowedRegistries: args.has('allow-registry') ? args.all('allow-registry') : undefined,
  };
  const image = args.one('image');
  if (image === undefined) return CiImage.fromGitlab({ ...policy, variable: args.one('variable'), ciVariables: present(variables) }).lookup();
  if (!args.has('variable')) return { ...CiImage.of(image, policy).lookup(), source: 'option --image' };
  throw userError({ at: '--variable', given: 'there is an --image', expected: 'one source of the image', fix: 'decide for one' });
}

function present(variables: CiVariables): Record<string, string> {
  return Object.fromEntries(Object.entries(variables).filter((entry): entry is [string, string] => entry[1] !== undefined));
}

async function rendered({ args, files }: Context, image: string): Promise<Rendered> {
  const name = args.operands[0] ?? '-';
  if (name === '-' && files.stdinIsTerminal) {
    throw userError({ at: 'render', given: 'there is no manifest', expected: 'a file, or a manifest on standard input', fix: 'name the file' });
  }
  const fileName = name === '-' ? 'standard input' : name;
  const text = decodeText(await files.read(name), fileName);
  return replaced(text, fileName, image, { placeholder: args.one('placeholder') ?? 'IMAGE', names: args.all('container') });
}

interface Wanted {
  readonly placeholder: string;
  readonly names: string[];
}

function replaced(text: string, fileName: string, image: string, { placeholder, names }: Wanted): Rendered {
  const all: Container[] = [];
  const containers: string[] = [];
  const wanted = [`the image ${show(placeholder)}`, ...names.map((name) => `the name ${show(name)}`)].join(' or ');
  const manifest = renderInPlace(text, fileName, (container) => {
    all.push(container);
    if (container.image !== placeholder && !names.includes(container.name)) return undefined;
    containers.push(container.name);
    return image;
  }, wanted);
  const absent = names.find((name) => !containers.includes(name));
  if (absent === undefined) return { manifest, containers };
  throw noContainer(fileName, `the name ${show(absent)}`, all);
}

function counted(containers: string[]): string {
  return containers.length === 1 ? '1 container' : `${containers.length} containers`;
}
