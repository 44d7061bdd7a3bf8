/**
 * A small Markdown, for texts that the operator writes: headings, paragraphs, lists, emphasis, code, links. Everything
 * else, HTML above all, shows as the text it is. No dependency brings less than it costs here.
 */

/** @returns HTML that holds no attribute but `href`, and no address but http(s), mailto and paths of this hub */
export function renderMarkdown(source: string): string {
  const blocks = source.replaceAll('\r', '').split(/\n[ \t]*\n/)
  return blocks.map((block) => renderBlock(block.replace(/^\n+|\s+$/g, ''))).join('\n')
}

function renderBlock(block: string): string {
  if (!block) return ''
  const heading = /^(#{1,4}) +([^\n]+)(?:\n([\s\S]*))?$/.exec(block)
  if (heading) {
    const [, marks = '', title = '', rest = ''] = heading
    return `<h${marks.length}>${renderInline(title.replace(/ +#+$/, ''))}</h${marks.length}>${renderBlock(rest)}`
  }
  const lines = block.split('\n')
  for (const [tag, mark] of [
    ['ul', /^ {0,3}[-*] +/],
    ['ol', /^ {0,3}\d{1,3}[.)] +/],
  ] as const) {
    if (!mark.test(lines[0] ?? '')) continue
    // A line without a mark goes on with the item above it.
    const items: string[] = []
    for (const line of lines) {
      if (mark.test(line)) items.push(line.replace(mark, ''))
      else items.push(`${items.pop() ?? ''} ${line.trim()}`)
    }
    return `<${tag}>${items.map((item) => `<li>${renderInline(item)}</li>`).join('')}</${tag}>`
  }
  return `<p>${renderInline(lines.map((line) => line.trim()).join('\n'))}</p>`
}

/** Cut at code and links, so that emphasis is looked for in plain text alone. */
function renderInline(source: string): string {
  const parts = source.split(/(`[^`\n]+`|\[[^[\]\n]+\]\([^()\s]+\)|<https?:\/\/[^\s<>]+>)/)
  return parts
    .map((part, index) => {
      if (index % 2 === 0) return renderEmphasis(escapeHtml(part))
      if (part.startsWith('`')) return `<code>${escapeHtml(part.slice(1, -1))}</code>`
      if (part.startsWith('<')) return renderLink(part.slice(1, -1), escapeHtml(part.slice(1, -1)))
      const [, label = '', address = ''] = /^\[([^\]]+)\]\((.+)\)$/.exec(part) ?? []
      return renderLink(address, renderEmphasis(escapeHtml(label)))
    })
    .join('')
}

function renderLink(address: string, label: string): string {
  const allowed = /^(?:https?:\/\/[^\s/]|mailto:[^\s]+@|\/(?![/\\]))/i.test(address)
  return allowed ? `<a href="${escapeHtml(address)}" rel="noreferrer">${label}</a>` : label
}

function renderEmphasis(escaped: string): string {
  return escaped
    .replace(/\*\*(?! )([^*\n]+)(?<! )\*\*/g, '<strong>$1</strong>')
    .replace(/(^|[^\w*])\*(?! )([^*\n]+)(?<! )\*(?!\w)/g, '$1<em>$2</em>')
}

export function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`)
}
