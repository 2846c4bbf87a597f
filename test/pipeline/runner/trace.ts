/**
 * A job log as GitLab shows it: without times, sections and colours, and with the last state of a line that was written over itself.
 */
export function plainText(trace: string): string {
  return withoutTimes(trace).replace(SECTION, '').replace(/\u001b\[[\d;]*[A-Za-z]/g, '').replace(/[^\n]*\r(?!\n)/g, '');
}

/**
 * A job log as HTML, with collapsible sections and colours as GitLab renders them. It is for looking at.
 *
 * @see https://docs.gitlab.com/ci/jobs/job_logs/#custom-collapsible-sections
 */
export function html(trace: string): string {
  const lines = withoutTimes(trace).split('\n').map((line) => {
    const marks = [...line.matchAll(SECTION)];
    const opened = marks.filter(([, kind]) => kind === 'start').map(([, , , options = '']) => `<details${options.includes('collapsed=true') ? '' : ' open'}><summary>`);
    const closed = marks.filter(([, kind]) => kind === 'end').map(() => '</details>');
    const text = coloured(line.replace(SECTION, '').replace(/[^\n]*\r(?!\n|$)/g, '').replace(/\r$/, ''));
    return `${closed.join('')}${opened.join('')}<div>${text}</div>${opened.map(() => '</summary>').join('')}`;
  });
  return `<!doctype html><meta charset="utf-8"><style>${STYLE}</style><body>${lines.join('\n')}</body>`;
}

/** A runner writes `2026-01-31T12:34:56.123456Z 00O ` before each line, and `+` in place of the space before a line's next part. */
function withoutTimes(trace: string): string {
  return trace.replace(/\n\S{27} [0-9a-f]{2}[OE]\+/g, '').replace(/^\d{4}-\d\d-\d\dT[\d:.]{15}Z [0-9a-f]{2}[OE][ +]/gm, '');
}

const SECTION = /(?:\u001b\[0K)?section_(start|end):(\d+):[\w.-]+(\[[^\]\r]*\])?\r(?:\u001b\[0K)?/g;

const COLOURS: Readonly<Record<string, string>> = { 31: '#ff8686', 32: '#91d4a8', 33: '#e9be74', 34: '#9dc7f1', 35: '#cbb1f7', 36: '#7fd3db' };

function coloured(line: string): string {
  let isOpen = false;
  const text = line.replace(/[&<>]/g, (character) => `&#${character.charCodeAt(0)};`).replace(/\u001b\[([\d;]*)([A-Za-z])/g, (_, codes: string, command: string) => {
    if (command !== 'm') return '';
    const style = codes.split(';').flatMap((code) => (code === '1' ? 'font-weight:bold' : COLOURS[code.replace(/^9/, '3')] ? `color:${COLOURS[code.replace(/^9/, '3')]}` : []));
    const end = isOpen ? '</span>' : '';
    isOpen = style.length > 0;
    return `${end}${isOpen ? `<span style="${style.join(';')}">` : ''}`;
  });
  return `${text}${isOpen ? '</span>' : ''}`;
}

const STYLE = 'body{background:#1f1e24;color:#ececef;font:12px/1.6 monospace;white-space:pre-wrap;padding:1em}summary>div{display:inline;font-weight:bold}';
