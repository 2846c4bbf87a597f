import { html, plainText } from './trace';

const TIME = '2026-01-31T12:34:56.123456Z 00O ';
const TRACE = [
  `${TIME}\u001b[0Ksection_start:1:deploy-web-plan[collapsed=true]\r\u001b[0Kcheck the release`,
  `${TIME}created Service <web>`,
  `${TIME}\u001b[0Ksection_end:2:deploy-web-plan\r\u001b[0K`,
  `${TIME}10 %\r20 %\r\u001b[31;1mfailed\u001b[0;m`,
  `${TIME}one line in `,
  '2026-01-31T12:34:56.123456Z 00O+two parts',
].join('\n');

test('the plain text has no times, sections and colours, and the last state of a line', () => {
  expect(plainText(TRACE)).toBe('check the release\ncreated Service <web>\n\nfailed\none line in two parts');
});

test('the HTML has collapsible sections, colours and escaped text', () => {
  const page = html(TRACE);
  expect(page).toContain('<details><summary><div>check the release</div></summary>');
  expect(page).toContain('<div>created Service &#60;web&#62;</div>');
  expect(page).toContain('</details>');
  expect(page).toContain('<span style="color:#ff8686;font-weight:bold">failed</span>');
  expect(page).not.toContain('\u001b');
});
