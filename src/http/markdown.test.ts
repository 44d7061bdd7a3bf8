import { describe, expect, test } from 'vitest'
import { renderMarkdown } from './markdown.ts'

test('headings, paragraphs, lists, emphasis, code and links', () => {
  expect(
    renderMarkdown(
      '# Title\n\nA **strong** and *quiet* word,\nover two lines with `<code>`.\n\n- one\n- two\n  goes on\n\n1. first\n2. second\n\n## Below ##\nText right after.\n\nSee [the page](https://example.com/a?b=1&c=2), <https://example.org> or [write](mailto:a@example.com).',
    ),
  ).toBe(
    [
      '<h1>Title</h1>',
      '<p>A <strong>strong</strong> and <em>quiet</em> word,\nover two lines with <code>&#60;code&#62;</code>.</p>',
      '<ul><li>one</li><li>two goes on</li></ul>',
      '<ol><li>first</li><li>second</li></ol>',
      '<h2>Below</h2><p>Text right after.</p>',
      '<p>See <a href="https://example.com/a?b=1&#38;c=2" rel="noreferrer">the page</a>, <a href="https://example.org" rel="noreferrer">https://example.org</a> or <a href="mailto:a@example.com" rel="noreferrer">write</a>.</p>',
    ].join('\n'),
  )
})

test('plain text stays as it was written, paragraph by paragraph', () => {
  expect(renderMarkdown('2 * 3 * 4 = 24, snake_case_name\r\n\r\nA - b')).toBe(
    '<p>2 * 3 * 4 = 24, snake_case_name</p>\n<p>A - b</p>',
  )
})

describe('nothing that a text holds can run or load', () => {
  test.each([
    '<script>alert(1)</script>',
    '<img src=x onerror=alert(1)>',
    '# <svg onload=alert(1)>',
    '- <iframe src="https://evil.example">',
    '[x](javascript:alert(1))',
    '[x](JaVaScRiPt:alert`1`)',
    '[x](data:text/html,<script>alert(1)</script>)',
    '[x](//evil.example)',
    '[x](/\\evil.example)',
    '[x](https://example.com/"onclick="alert(1))',
    "[x](https://example.com/'onclick='alert(1))",
    '[<b>x</b>](https://example.com)',
    '<javascript:alert(1)>',
    '`</code><script>alert(1)</script>`',
    '**<script>**alert(1)**</script>**',
    '![x](https://evil.example/pixel.png)',
  ])('%s', (source) => {
    const html = renderMarkdown(source)
    const tags = [...html.matchAll(/<(\/?\w+)([^>]*)>/g)]
    for (const [, tag, attributes] of tags) {
      expect(tag).toMatch(/^\/?(h[1-4]|p|ul|ol|li|strong|em|code|a)$/)
      expect(attributes).toMatch(
        /^( href="(https?:\/\/[^"'<>\s]+|mailto:[^"'<>\s]+|\/[^/\\"'<>\s][^"'<>\s]*)" rel="noreferrer")?$/,
      )
    }
    expect(html.replaceAll(/<(\/?\w+)([^>]*)>/g, '')).not.toMatch(/[<>"']/)
  })
})
