import type { ConnectionBody, MeBody } from '../../http/wire.ts'
import { reportTexts } from '../texts.ts'
import { mayChange } from './may-change.ts'

/** Who can mend a connection, as told to this person: themselves, or whom to ask. Null: there is nothing to mend. */
export function whoCanAct(me: MeBody, connection: Pick<ConnectionBody, 'owner' | 'status'>): string | null {
  const { owner, status } = connection
  const may = mayChange(me, connection)
  switch (status.who) {
    case 'nobody':
      return null
    case 'owner':
      if (may) return owner.kind === 'person' ? reportTexts.you : reportTexts.youAsAdmin
      return owner.kind === 'organization' ? reportTexts.adminOf(owner.name) : reportTexts.ownerOf(owner.name)
    case 'admin':
      return reportTexts.siteAdmin
    case 'operator':
      return reportTexts.operator
    case 'provider_admin':
      return reportTexts.providerAdmin
  }
}
