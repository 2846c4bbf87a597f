import { isDeepStrictEqual } from 'node:util';
import type * as yaml from 'yaml';
import { Json } from '../../base/json';
import { yamlModule } from '../../base/lazy-modules';
import { userError, show } from '../../base/user-error';
import { checkNoPlaceholder, ChooseImage, containersOf, containerText, noContainer, ReplacedImage, setImages } from '../../kubernetes/container-images';
import { ManifestDocument, parseManifest } from '../../yaml/manifest-parser';
import { plainScalar } from '../../yaml/scalars';

interface Edit {
  readonly start: number;
  readonly end: number;
  readonly text: string;
}

/**
 * What to say and to check about a manifest.
 */
export interface RenderOptions {
  /** The containers to set, as a noun phrase for errors: `the image "IMAGE"`. */
  readonly wanted?: string;
  /** The text that stands for the image. It must not be left in a field that may be an image. */
  readonly placeholder?: string;
}

/**
 * Sets images in a manifest and keeps every other byte: comments, quotes, anchors, line endings, order.
 *
 * @param text The manifest.
 * @param fileName Its name, for errors.
 * @param choose Returns the image of a container. It is called once for each container.
 * @throws When kubectl rejects the manifest, no container matches, the placeholder is left in a custom resource, or an anchor shares an image with
 * another field.
 */
export function renderInPlace(text: string, fileName: string, choose: ChooseImage, options: RenderOptions = {}): string {
  const { wanted = 'an image to set', placeholder = 'IMAGE' } = options;
  const documents = parseManifest(text, fileName);
  const set = documents.map((document) => ({ document, ...setImages(document.value, choose) }));
  for (const { document, object } of set) checkNoPlaceholder(document.at(), object, placeholder);
  if (set.every(({ replaced }) => replaced.length === 0)) {
    throw noContainer(fileName, wanted, documents.flatMap(({ value }) => containersOf(value)));
  }
  const edits = set.flatMap(({ document, replaced }) => new Editor(text, document).edits(replaced));
  const result = apply(text, edits);
  if (!mayChangeMore(text, documents, edits) || parsesTo(result, fileName, set.map(({ object }) => object))) return result;
  throw sharedAnchor(fileName, set.map(({ document }) => anchorsAround(document, edits)).flat());
}

/**
 * Whether an edit may change more than the image, so that the result must be parsed again. A new scalar within one line changes nothing else. An anchor may
 * repeat the image in another field, and a scalar over several lines has an indentation.
 */
function mayChangeMore(text: string, documents: ManifestDocument[], edits: Edit[]): boolean {
  return documents.some(({ hasAnchors }) => hasAnchors) || edits.some(({ start, end }) => text.slice(start, end).includes('\n'));
}

function parsesTo(text: string, fileName: string, values: Json[]): boolean {
  return isDeepStrictEqual(parseManifest(text, fileName).map(({ value }) => value), values);
}

function apply(text: string, edits: Edit[]): string {
  // A node that aliases repeat is edited once. The comparison of the result finds other changes.
  const once = new Map(edits.map((edit) => [edit.start, edit]));
  const parts: string[] = [];
  let done = 0;
  for (const { start, end, text: replacement } of [...once.values()].sort((a, b) => a.start - b.start)) {
    parts.push(text.slice(done, start), replacement);
    done = end;
  }
  return parts.join('') + text.slice(done);
}

function sharedAnchor(fileName: string, anchors: string[]): Error {
  const names = [...new Set(anchors)].map((anchor) => show(`&${anchor}`)).join(', ');
  return userError({
    at: fileName,
    given: names ? `the anchor ${names} shares an image with another field` : 'an image that cannot be changed in place',
    expected: 'image fields that belong to one container each',
    fix: 'write the image at each container instead of an alias',
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

  private imageNode({ container, source, field }: ReplacedImage): yaml.Node {
    const node = this.document.nodeOf(source, field);
    if (node && !yamlModule().isCollection(node)) return node;
    throw userError({
      at: this.document.at(),
      given: `the ${containerText(container)} without an image`,
      expected: 'a field whose value can be replaced',
      fix: 'add the line "image: IMAGE" to it',
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

/** Edits the content of a block scalar with one line, else the whole scalar. */
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
