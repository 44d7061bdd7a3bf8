/** Companies, people and deals as the sales team of Fernhill Bicycles sees them, for the played CRMs. */
import { daysAgo } from '../cast.ts'

export type CrmCompany = { id: string; name: string; domain: string; industry: string; changed: string }
export type CrmContact = {
  id: string
  first: string
  last: string
  email: string
  phone: string
  company: string
  changed: string
}
export type CrmDeal = {
  id: string
  name: string
  /** In whole units of the currency. */
  amount: number
  stage: 'new' | 'proposal' | 'won' | 'lost'
  company: string
  closes: string
  changed: string
}
export type Crm = { companies: CrmCompany[]; contacts: CrmContact[]; deals: CrmDeal[] }

/** `idOf` gives ids in the form of the service: the kind and a small number in, an id out. */
export function seedCrm(
  now: number,
  idOf: (kind: 'company' | 'contact' | 'deal', number: number) => string,
): Crm {
  const changed = (days: number) => daysAgo(now, days)
  const closes = (days: number) => daysAgo(now, -days).slice(0, 10)
  const company = (number: number) => idOf('company', number)
  return {
    companies: [
      {
        id: company(1),
        name: 'City Riders',
        domain: 'cityriders.example',
        industry: 'Transportation',
        changed: changed(2),
      },
      {
        id: company(2),
        name: 'Harbour Couriers',
        domain: 'harbour.example',
        industry: 'Transportation',
        changed: changed(9),
      },
      {
        id: company(3),
        name: 'Quayside Studio',
        domain: 'quayside.example',
        industry: 'Media',
        changed: changed(30),
      },
    ],
    contacts: [
      {
        id: idOf('contact', 1),
        first: 'Lena',
        last: 'Marek',
        email: 'lena@cityriders.example',
        phone: '+44 20 7946 0101',
        company: company(1),
        changed: changed(1),
      },
      {
        id: idOf('contact', 2),
        first: 'Noor',
        last: 'Petrov',
        email: 'noor@harbour.example',
        phone: '+44 20 7946 0102',
        company: company(2),
        changed: changed(6),
      },
      {
        id: idOf('contact', 3),
        first: 'Dmitri',
        last: 'Costa',
        email: 'dmitri@quayside.example',
        phone: '+353 1 496 0103',
        company: company(3),
        changed: changed(21),
      },
    ],
    deals: [
      {
        id: idOf('deal', 1),
        name: 'City Riders: 40 touring frames',
        amount: 25_960,
        stage: 'proposal',
        company: company(1),
        closes: closes(20),
        changed: changed(1),
      },
      {
        id: idOf('deal', 2),
        name: 'Harbour Couriers: service contract',
        amount: 9600,
        stage: 'new',
        company: company(2),
        closes: closes(45),
        changed: changed(4),
      },
      {
        id: idOf('deal', 3),
        name: 'Quayside Studio: office bikes',
        amount: 4380,
        stage: 'won',
        company: company(3),
        closes: closes(-12),
        changed: changed(12),
      },
    ],
  }
}
