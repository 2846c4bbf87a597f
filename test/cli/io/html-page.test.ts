import { html, page } from '../../../src/cli/io/html-page';

test('a page forbids scripts and everything from the network', () => {
  const text = page('<Access>', '<h1>Access</h1>', '.more { color: red; }');

  expect(text).toContain('<meta http-equiv="Content-Security-Policy" content="default-src \'none\'; style-src \'unsafe-inline\'">');
  expect(text).toContain('<title>&#60;Access&#62;</title>');
  expect(text).toContain('<body>\n<h1>Access</h1>\n</body>');
  expect(text).toContain('.more { color: red; }</style>');
});

test('html escapes markup and control characters', () => {
  expect(html('<a href="x">\'&\u001b[31m')).toBe('&#60;a href=&#34;x&#34;&#62;&#39;&#38;\\u001b[31m');
});
