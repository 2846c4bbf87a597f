import { isDeepStrictEqual } from 'node:util';
import type * as yaml from 'yaml';
import { Json } from '../../base/json';
import { yamlModule } from '../../base/lazy-modules';
import { userError, show } from '../../base/user-error';
import { ChooseImage, containersOf, noContainer, ReplacedImage, setImages } from '../../kubernetes/container-images';
import { ManifestDocument, parseManifest } from '../../yaml/manifest-parser';
import { plainScalar } from '../../yaml/scalars';

interface Edit {
  readonly start: number;
  readonly end: number;
  readonly text: string;
}

/**
 * A manifest with images set, in which every byte that is not an image is kept: comments, quotes, anchors, line endings, order.
 *
 * @param text The manifest.
 * @param fileName Its name, for errors.
 * @param choose Which image a container gets; asked once for each container.
 * @param wanted What is looked for, as a noun phrase for errors: `the image "IMAGE"`.
 * @throws When kubectl would not read the manifest, no container gets an image, or an anchor gives an image to something else as well.
 */
export function renderInPlace(text: string, fileName: string, choose: ChooseImage, wanted = 'an image to set'): string {
  const documents = parseManifest(text, fileName);
  const set = documents.map((document) => ({ document, ...setImages(document.value, choose) }));
  if (set.every(({ replaced }) => replaced.length === 0)) {
    throw noContainer(fileName, wanted, documents.flatMap(({ value }) => containersOf(value)));
  }
  const edits = set.flatMap(({ document, replaced }) => new Editor(text, document).edits(replaced));
  const result = apply(text, edits);
  if (!mayReachFurther(text, documents, edits) || reads(result, fileName, set.map(({ object }) => object))) return result;
  throw shared(fileName, set.map(({ document }) => anchorsAround(document, edits)).flat());
}

/**
 * One scalar in a line that becomes another changes nothing else. An anchor may stand for more than the image, and a scalar over several lines
 * has a shape to keep: then the result is read again.
 */
function mayReachFurther(text: string, documents: ManifestDocument[], edits: Edit[]): boolean {
  return documents.some(({ hasAnchors }) => hasAnchors) || edits.some(({ start, end }) => text.slice(start, end).includes('\n'));
}

function reads(text: string, fileName: string, values: Json[]): boolean {
  return isDeepStrictEqual(parseManifest(text, fileName).map(({ value }) => value), values);
}

function apply(text: string, edits: Edit[]): string {
  // A part that is repeated by alias is edited once; what else it would have become shows when the result is read.
  const once = new Map(edits.map((edit) => [edit.start, edit]));
  const parts: string[] = [];
  let done = 0;
  for (const { start, end, text: replacement } of [...once.values()].sort((a, b) => a.start - b.start)) {
    parts.push(text.slice(done, start), replacement);
    done = end;
  }
  return parts.join('') + text.slice(done);
}

function shared(fileName: string, anchors: string[]): Error {
  const names = [...new Set(anchors)].map((anchor) => show(`&${anchor}`)).join(', ');
  return userError({
    at: fileName,
    given: names ? `the anchor ${names} stands for an image and for something else` : 'an image that cannot be changed where it stands',
    expected: 'image fields that belong to one container each',
    fix: 'write the image out at each container',
  });
}

function anchorsAround({ nodes, start }: ManifestDocument, edits: Edit[]): string[] {
  const found: string[] = [];
  yamlModule().visit(nodes, {
    Value: (_, node) => {
      const [from, , to] = node.range ?? [0, 0, 0];
      const isAround = edits.some((edit) => start + from <= edit.start && edit.start <= start + to);
      if (node.anchor !== undefined && isAround) found.push(node.anchor);
    },
  });
  return found;
}

class Editor {
  public constructor(private readonly text: string, private readonly document: ManifestDocument) {}

  public edits(replaced: ReplacedImage[]): Edit[] {
    const nodes = replaced.map((replacement) => ({ node: this.imageNode(replacement), image: replacement.image }));
    const edited = new Set<unknown>(nodes.map(({ node }) => node));
    return nodes
      .filter(({ node }) => !(yamlModule().isAlias(node) && edited.has(node.resolve(this.document.nodes))))
      .map(({ node, image }) => this.edit(node, image));
  }

  private imageNode({ container, source }: ReplacedImage): yaml.Node {
    const node = this.document.nodeOf(source, 'image');
    if (node && !yamlModule().isCollection(node)) return node;
    throw userError({
      at: this.document.at(),
      given: `the container ${show(container.name)} without an image`,
      expected: 'a field whose value can be replaced',
      fix: 'give it a line "image: IMAGE"',
    });
  }

  private edit(node: yaml.Node, image: string): Edit {
    const [from, to] = node.range ?? [0, 0];
    const [start, end] = [this.document.start + from, this.document.start + to];
    const source = this.text.slice(start, end);
    const type = yamlModule().isScalar(node) ? node.type : 'PLAIN';
    if (type === 'QUOTE_DOUBLE') return { start, end, text: JSON.stringify(image) };
    if (type === 'QUOTE_SINGLE') return { start, end, text: singleQuoted(image) };
    if (type === 'BLOCK_LITERAL' || type === 'BLOCK_FOLDED') return inBlock(start, source, image);
    const space = source === '' && !/\s/.test(this.text.charAt(start - 1)) ? ' ' : '';
    return { start, end, text: space + unquoted(image) };
  }
}

/** The content of a block scalar when it holds no line breaks of its own, else all of it. */
function inBlock(start: number, source: string, image: string): Edit {
  const end = start + source.trimEnd().length;
  const [header = ''] = /^[|>]-[ \t]*(?:#[^\n]*)?\r?\n\s*(?=\S)/.exec(source) ?? [];
  if (header && /^\S+$/.test(image)) return { start: start + header.length, end, text: image };
  return { start, end, text: unquoted(image) };
}

function unquoted(image: string): string {
  const isPlain = /^[A-Za-z0-9](?:[\w./@:-]*[\w])?$/.test(image) && plainScalar(image).type === 'str';
  return isPlain ? image : JSON.stringify(image);
}

function singleQuoted(image: string): string {
  return /^[\x20-\x7e]*$/.test(image) ? `'${image.replaceAll("'", "''")}'` : JSON.stringify(image);
}
