import type { ConnectionBody, MeBody } from '../../http/wire.ts'

/** Whether this person may reconnect, verify or end it. The hub decides; this only leaves out what it would refuse. */
export function mayChange(me: MeBody, { owner }: Pick<ConnectionBody, 'owner'>): boolean {
  return owner.kind === 'person' ? owner.id === me.id : me.role === 'admin'
}
