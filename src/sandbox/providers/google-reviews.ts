/** Google Business Profile: accounts, locations, reviews. https://developers.google.com/my-business/reference/rest */
import type { JsonObject } from '../../catalog/define.ts'
import { daysAgo, fernhill } from '../cast.ts'
import { AUTH, playGoogle, type Product } from '../families/google.ts'
import { json, type Reply, readJson } from '../messages.ts'
import { type Call, on, readString } from '../stand-in.ts'
import { problem } from '../worlds/google-shapes.ts'

type Review = {
  id: string
  by: string
  stars: 'ONE' | 'TWO' | 'THREE' | 'FOUR' | 'FIVE'
  comment: string
  at: string
  reply?: { comment: string; updateTime: string }
}
type Data = { reviews: Review[] }

const scope = [`${AUTH}business.manage`]
const ACCOUNT = '104411882233007'
const LOCATION = '9925177711002'
const VALUES = { ONE: 1, TWO: 2, THREE: 3, FOUR: 4, FIVE: 5 } as const

const reviews: Product = ({ tools }) => {
  const data = tools.load<Data>(() => seed(tools.now()))
  const v4 = { host: 'mybusiness.googleapis.com', scope }
  const path = '/v4/accounts/:account/locations/:location/reviews'
  const missing = () => problem(404, 'Requested entity was not found.', 'notFound', 'NOT_FOUND')

  const atLocation = (handle: (call: Call) => Reply) => (call: Call) =>
    call.account.detail && call.params['account'] === ACCOUNT && call.params['location'] === LOCATION
      ? handle(call)
      : missing()
  const withReview = (handle: (review: Review, call: Call) => Reply) =>
    atLocation((call) => {
      const found = data.reviews.find(({ id }) => id === call.params['review'])
      return found ? handle(found, call) : missing()
    })

  return [
    on(
      'GET',
      '/v1/accounts',
      ({ account }) =>
        json(200, {
          accounts: account.detail
            ? [
                {
                  name: `accounts/${ACCOUNT}`,
                  accountName: fernhill.name,
                  type: 'LOCATION_GROUP',
                  role: 'PRIMARY_OWNER',
                  verificationState: 'UNVERIFIED',
                  vettedState: 'NOT_VETTED',
                },
              ]
            : [],
        }),
      { host: 'mybusinessaccountmanagement.googleapis.com', scope },
    ),
    on(
      'GET',
      '/v1/accounts/:account/locations',
      ({ asked, account }) =>
        asked.query.get('readMask')
          ? json(200, {
              ...(account.detail && {
                locations: [
                  {
                    name: `locations/${LOCATION}`,
                    title: `${fernhill.name}, Harbour Street`,
                    metadata: {
                      placeId: 'ChIJFernhill0000000000001',
                      mapsUri: 'https://maps.google.com/?cid=1',
                    },
                  },
                ],
                totalSize: 1,
              }),
            })
          : problem(400, 'Request contains an invalid argument.', 'badRequest', 'INVALID_ARGUMENT'),
      { host: 'mybusinessbusinessinformation.googleapis.com', scope },
    ),
    on(
      'GET',
      path,
      atLocation(() =>
        json(200, {
          reviews: data.reviews.map(write),
          averageRating:
            data.reviews.reduce((sum, { stars }) => sum + VALUES[stars], 0) / data.reviews.length,
          totalReviewCount: data.reviews.length,
        }),
      ),
      v4,
    ),
    on(
      'GET',
      `${path}/:review`,
      withReview((review) => json(200, write(review))),
      v4,
    ),
    on(
      'PUT',
      `${path}/:review/reply`,
      withReview((review, { asked }) => {
        const comment = readString(readJson(asked), 'comment')
        if (!comment)
          return problem(400, 'Request contains an invalid argument.', 'badRequest', 'INVALID_ARGUMENT')
        review.reply = { comment, updateTime: daysAgo(tools.now(), 0) }
        return json(200, review.reply)
      }),
      v4,
    ),
  ]
}

function write({ id, by, stars, comment, at, reply }: Review): JsonObject {
  return {
    name: `accounts/${ACCOUNT}/locations/${LOCATION}/reviews/${id}`,
    reviewId: id,
    reviewer: { displayName: by },
    starRating: stars,
    comment,
    createTime: at,
    updateTime: at,
    ...(reply && { reviewReply: reply }),
  }
}

function seed(now: number): Data {
  return {
    reviews: [
      {
        id: 'AbFvOqm0001',
        by: 'Noor Petrov',
        stars: 'FIVE',
        comment: 'Fitted my basket while I waited.',
        at: daysAgo(now, 3),
      },
      {
        id: 'AbFvOqm0002',
        by: 'Sam Whitlock',
        stars: 'THREE',
        comment: 'Good bicycles, long queue on Saturday.',
        at: daysAgo(now, 12),
        reply: { comment: 'We have hired a second mechanic.', updateTime: daysAgo(now, 11) },
      },
    ],
  }
}

export default playGoogle(reviews)
