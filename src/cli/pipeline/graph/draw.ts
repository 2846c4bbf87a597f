import { extname } from 'node:path';
import { graphOf, PipelineGraph } from './graph';
import { graphHtml } from './graph-html';
import { mermaid } from './mermaid';
import { svg } from './svg';
import { userError, show } from '../../../base/user-error';
import type { PipelineModel } from '../../../pipeline/model/pipeline-model';

/**
 * A form of the picture, and where it goes.
 */
export interface Picture {
  readonly form: Form;
  /** Standard output, where there is none. */
  readonly file?: string;
}

type Form = 'mermaid' | 'svg' | 'html';

const DRAWN: { readonly [form in Form]: (graph: PipelineGraph) => string } = { mermaid, svg, html: graphHtml };

const ENDINGS = new Map<string, Form>([['.mmd', 'mermaid'], ['.mermaid', 'mermaid'], ['.svg', 'svg'], ['.html', 'html']]);

/**
 * The picture that an option asks for: a form by its name, or a file whose ending says the form.
 */
export function pictureOf(option: string): Picture {
  if (option === 'mermaid' || option === 'svg' || option === 'html') return { form: option };
  const form = ENDINGS.get(extname(option).toLowerCase());
  if (form !== undefined) return { form, file: option };
  throw userError({ at: '--graph', given: show(option), expected: `mermaid, svg, html, or a file that ends with ${[...ENDINGS.keys()].join(', ')}`, fix: 'choose one of them' });
}

/**
 * Draws a pipeline.
 */
export function drawn(model: PipelineModel, { form }: Picture): string {
  return DRAWN[form](graphOf(model));
}
