/** The part of the README that lists the catalog, between two marks: everything else there is written by hand. */
import type { Category, Provider } from '../src/catalog/define.ts'

const BEGIN = '<!-- catalog: written by `npm run generate` -->'
const END = '<!-- end of the catalog -->'

/** Every category, in the order in which a reader meets them. */
const CATEGORIES = Object.keys({
  'Productivity suites': true,
  'Communication & Collaboration': true,
  Calendar: true,
  'Storage & Knowledge': true,
  'Project Management': true,
  'Engineering & DevOps': true,
  'Sales & CRM': true,
  'Support & Helpdesk': true,
  'Marketing & Advertising': true,
  Analytics: true,
  'E-commerce': true,
  'Finance & Billing': true,
} satisfies Record<Category, true>)

/**
 * @param readme as it is
 * @returns with the list of today between the marks
 */
export function renderReadme(readme: string, providers: readonly Provider[]): string {
  const [before, rest] = readme.split(`${BEGIN}\n`)
  const after = rest?.split(`${END}\n`)[1]
  if (before === undefined || after === undefined) throw new Error(`README.md needs "${BEGIN}" and "${END}"`)
  return `${before}${BEGIN}\n${renderCatalog(providers)}\n${END}\n${after}`
}

function renderCatalog(providers: readonly Provider[]): string {
  const rows = CATEGORIES.flatMap((category) => {
    const links = providers
      .filter((provider) => provider.category === category)
      .map(({ id, name }) => `[${name}](docs/providers/${id}.md)`)
    return links.length > 0 ? [`| ${category} | ${links.join(', ')} |`] : []
  })
  return `
**${providers.length} providers.** Each has a page: how to register the hub there, which scopes are asked for and why, what was
checked, how to take access back.

| Category | Providers |
| --- | --- |
${rows.join('\n')}
`
}
