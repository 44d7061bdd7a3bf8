/** Google Analytics 4: accounts, properties, reports. https://developers.google.com/analytics/devguides/reporting/data/v1/rest */
import type { Json, JsonObject } from '../../catalog/define.ts'
import { fernhill } from '../cast.ts'
import { AUTH, playGoogle, type Product } from '../families/google.ts'
import { isObject, json, type Reply, readJson } from '../messages.ts'
import { type Call, on, readString } from '../stand-in.ts'
import { problem } from '../worlds/google-shapes.ts'

const scope = [`${AUTH}analytics.readonly`]
const data = { host: 'analyticsdata.googleapis.com', scope }
const admin = { host: 'analyticsadmin.googleapis.com', scope }

const ACCOUNT = { account: 'accounts/20017788', displayName: fernhill.name }
const PROPERTIES = [
  { property: 'properties/310204711', displayName: 'Shop' },
  { property: 'properties/310204712', displayName: 'Rental' },
]
const DIMENSIONS: Readonly<Record<string, { label: string; values: readonly string[] }>> = {
  country: { label: 'Country', values: ['United Kingdom', 'Germany', 'Japan'] },
  pagePath: { label: 'Page path', values: ['/', '/bicycles', '/basket'] },
  date: { label: 'Date', values: ['20261118', '20261119', '20261120'] },
}
const METRICS: Readonly<Record<string, { label: string; values: readonly number[] }>> = {
  activeUsers: { label: 'Active users', values: [412, 188, 57] },
  sessions: { label: 'Sessions', values: [530, 240, 66] },
  screenPageViews: { label: 'Views', values: [1904, 811, 172] },
}

const analytics: Product = () => {
  /** Accounts outside of the company can see no property. */
  const summaries = ({ account }: Call) =>
    account.detail
      ? {
          accountSummaries: [
            {
              name: 'accountSummaries/20017788',
              ...ACCOUNT,
              propertySummaries: PROPERTIES.map((one) => ({
                ...one,
                propertyType: 'PROPERTY_TYPE_ORDINARY',
                parent: ACCOUNT.account,
              })),
            },
          ],
        }
      : {}
  return [
    on('GET', '/v1beta/accountSummaries', (call) => json(200, summaries(call)), admin),
    on('GET', '/v1beta/properties/:property/metadata', ({ params }) => metadata(params['property']), data),
    on('POST', '/v1beta/properties/:action', (call) => report(call), data),
  ]
}

function metadata(property: string | undefined): Reply {
  const describe = (entries: typeof DIMENSIONS | typeof METRICS, type: JsonObject) =>
    Object.entries(entries).map(([apiName, { label }]) => ({
      apiName,
      uiName: label,
      description: `${label}.`,
      category: 'General',
      ...type,
    }))
  return json(200, {
    name: `properties/${property}/metadata`,
    dimensions: describe(DIMENSIONS, {}),
    metrics: describe(METRICS, { type: 'TYPE_INTEGER' }),
  })
}

function report({ params, asked, account }: Call): Reply {
  const [property, action] = (params['action'] ?? '').split(':')
  if (action !== 'runReport') return problem(404, 'Method not found.', 'notFound', 'NOT_FOUND')
  if (!account.detail || !PROPERTIES.some((one) => one.property === `properties/${property}`))
    return problem(
      403,
      'User does not have sufficient permissions for this property. To learn more about Property ID, see https://developers.google.com/analytics/devguides/reporting/data/v1/property-id.',
      'forbidden',
      'PERMISSION_DENIED',
    )
  const body = readJson(asked)
  const [dimensions, metrics] = [namesOf(body['dimensions']), namesOf(body['metrics'])]
  const wrong = [
    ...dimensions.filter((name) => !DIMENSIONS[name]),
    ...metrics.filter((name) => !METRICS[name]),
  ][0]
  if (wrong || metrics.length === 0)
    return problem(
      400,
      wrong
        ? `Field ${wrong} is not a valid dimension or metric.`
        : 'Requests must have at least one metric.',
      'badRequest',
      'INVALID_ARGUMENT',
    )
  const lines = dimensions.length === 0 ? [0] : [0, 1, 2]
  return json(200, {
    dimensionHeaders: dimensions.map((name) => ({ name })),
    metricHeaders: metrics.map((name) => ({ name, type: 'TYPE_INTEGER' })),
    rows: lines.map((line) => ({
      dimensionValues: dimensions.map((name) => ({ value: DIMENSIONS[name]?.values[line] ?? '' })),
      metricValues: metrics.map((name) => ({ value: String(METRICS[name]?.values[line] ?? 0) })),
    })),
    rowCount: lines.length,
    metadata: { currencyCode: 'GBP', timeZone: 'Europe/London' },
    kind: 'analyticsData#runReport',
  })
}

function namesOf(list: Json | undefined): string[] {
  return Array.isArray(list)
    ? list.flatMap((one) => (isObject(one) ? (readString(one, 'name') ?? []) : []))
    : []
}

export default playGoogle(analytics)
