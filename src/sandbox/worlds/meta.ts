/** Two businesses at Meta: their WhatsApp accounts and their ad accounts. */
import { cast, daysAgo, fernhill, quayside } from '../cast.ts'
import type { Account } from '../stand-in.ts'
import type { Node } from './graph-nodes.ts'

/** People, by the id under which an app knows them. */
export const people: readonly Account[] = [
  { id: '10220001234567801', name: cast.ada.name, email: cast.ada.email, detail: fernhill.name },
  { id: '10220001234567802', name: cast.bruno.name, email: cast.bruno.email, detail: fernhill.name },
  { id: '10220001234567804', name: cast.dmitri.name, email: cast.dmitri.email, detail: quayside.name },
]

export type Business = {
  id: string
  name: string
  people: string[]
  whatsapp: Node[]
  ads: Node[]
}

export type Message = { id: string; number: string; to: string; text: string }
export type MetaWorld = {
  businesses: Business[]
  messages: Message[]
  /** WhatsApp accounts whose events an app gets. */
  subscribed: string[]
}

export function seedMeta(now: number): MetaWorld {
  const day = (days: number) => `${daysAgo(now, days).slice(0, 19)}+0000`
  return {
    messages: [],
    subscribed: [],
    businesses: [
      {
        id: '501000000000001',
        name: fernhill.name,
        people: [people[0]?.id ?? '', people[1]?.id ?? ''],
        whatsapp: [
          account('102000000000011', fernhill.name, 'verified', [
            number('106000000000021', fernhill.name, '+44 20 7946 0101', 'GREEN'),
            number('106000000000022', 'Fernhill Workshop', '+44 20 7946 0102', 'YELLOW'),
          ]),
          account('102000000000012', 'Fernhill Rentals', 'verified', [
            number('106000000000023', 'Fernhill Rentals', '+44 20 7946 0103', 'GREEN'),
          ]),
        ],
        ads: [
          adAccount('4101', 'Fernhill shop', 1, 'GBP', [
            campaign('6001', 'Spring service', 'ACTIVE', 'OUTCOME_SALES', day(40)),
            campaign('6002', 'Winter tyres', 'PAUSED', 'OUTCOME_TRAFFIC', day(200)),
          ]),
          adAccount('4102', 'Fernhill rentals', 1, 'GBP', [
            campaign('6003', 'Weekend rides', 'ACTIVE', 'OUTCOME_LEADS', day(12)),
          ]),
        ],
      },
      {
        id: '501000000000002',
        name: quayside.name,
        people: [people[2]?.id ?? ''],
        // Not verified, and without a number yet: a connection to it works, and says what is missing.
        whatsapp: [account('102000000000013', quayside.name, 'not_verified', [])],
        ads: [adAccount('4103', quayside.name, 3, 'EUR', [])],
      },
    ],
  }
}

function account(id: string, name: string, verification: string, numbers: Node[]): Node {
  return {
    id,
    name,
    account_review_status: 'APPROVED',
    business_verification_status: verification,
    currency: 'GBP',
    timezone_id: '58',
    message_template_namespace: `ns_${id}`,
    phone_numbers: numbers,
    message_templates: [
      template(`${id}1`, 'repair_ready', 'UTILITY', 'Hello {{1}}, your bicycle is ready to be collected.'),
      template(`${id}2`, 'spring_offer', 'MARKETING', 'Hello {{1}}, book your spring service this week.'),
    ],
  }
}

function number(id: string, name: string, digits: string, quality: string): Node {
  return {
    id,
    verified_name: name,
    display_phone_number: digits,
    quality_rating: quality,
    code_verification_status: 'VERIFIED',
    platform_type: 'CLOUD_API',
    throughput: { level: 'STANDARD' },
  }
}

function template(id: string, name: string, category: string, text: string): Node {
  return { id, name, category, status: 'APPROVED', language: 'en_GB', components: [{ type: 'BODY', text }] }
}

function adAccount(number: string, name: string, status: number, currency: string, campaigns: Node[]): Node {
  return {
    id: `act_${number}`,
    account_id: number,
    name,
    account_status: status,
    currency,
    amount_spent: '182000',
    timezone_name: 'Europe/London',
    campaigns,
  }
}

function campaign(id: string, name: string, status: string, objective: string, created: string): Node {
  return {
    id,
    name,
    status,
    effective_status: status,
    objective,
    created_time: created,
    daily_budget: '2500',
    insights: [{ id: `${id}0`, impressions: '18423', clicks: '512', spend: '143.20', reach: '9120' }],
  }
}
