import { Ellipsis, Link2, ShieldCheck, UserMinus } from 'lucide-react'
import type { MemberBody } from '../../http/wire.ts'
import { useMe } from '../api/hub-context.tsx'
import { iconButtonClass } from '../frame/icon-button.ts'
import { peopleTexts } from '../texts.ts'
import { Badge } from '../ui/badge.tsx'
import { Menu, MenuItem } from '../ui/menu.tsx'
import { Time } from '../ui/time.tsx'
import type { MemberAction } from './people-page.tsx'

const cell = 'px-4 py-2.5 max-md:px-0 max-md:py-0'

/** On small screens a row becomes a block. */
export function MemberRow({
  member,
  onAction,
}: {
  member: MemberBody
  onAction: (action: MemberAction) => void
}) {
  const me = useMe()
  const { columns, ways } = peopleTexts
  const { password, passkeys, single_sign_on: sso } = member.sign_in
  const used = [
    ...(password ? [ways.password] : []),
    ...(passkeys > 0 ? [ways.passkeys(passkeys)] : []),
    ...(sso ? [ways.sso] : []),
  ]
  return (
    <tr className="max-md:relative max-md:block max-md:space-y-1 max-md:px-4 max-md:py-3">
      <th scope="row" className={`${cell} text-start font-normal max-md:block max-md:pe-12`}>
        <span className="flex flex-wrap items-center gap-x-2 font-medium">
          <bdi className="break-words">{member.name}</bdi>
          {member.id === me.id && <Badge tone="plain">{peopleTexts.you}</Badge>}
        </span>
        <bdi className="break-all text-muted">{member.email}</bdi>
      </th>
      <td className={`${cell} max-md:block`}>
        <Badge tone={member.role === 'admin' ? 'accent' : 'plain'}>
          {peopleTexts.roleNames[member.role]}
        </Badge>
      </td>
      <td className={`${cell} text-muted max-md:block`}>
        <Small label={columns.ways} />
        {used.length > 0 ? used.join(', ') : peopleTexts.noWay}
      </td>
      <td className={`${cell} text-muted max-md:block`}>
        <Small label={columns.seen} />
        {member.last_seen_at ? <Time iso={member.last_seen_at} /> : peopleTexts.never}
      </td>
      <td className={`${cell} text-muted max-md:block`}>
        <Small label={columns.connections} />
        {member.connections}
      </td>
      <td className={`${cell} md:w-0 max-md:absolute max-md:end-2 max-md:top-2`}>
        <Menu
          trigger={
            <button
              type="button"
              aria-label={peopleTexts.actionsFor(member.name)}
              className={iconButtonClass}
            >
              <Ellipsis aria-hidden className="size-5" />
            </button>
          }
        >
          <MenuItem onSelect={() => onAction('role')}>
            <ShieldCheck aria-hidden className="size-4.5 text-muted" />
            {member.role === 'admin' ? peopleTexts.makeMember : peopleTexts.makeAdmin}
          </MenuItem>
          {me.scopes.includes('operator') && (
            <MenuItem onSelect={() => onAction('link')}>
              <Link2 aria-hidden className="size-4.5 text-muted" />
              {peopleTexts.signInLink}
            </MenuItem>
          )}
          <MenuItem onSelect={() => onAction('remove')} className="text-bad">
            <UserMinus aria-hidden className="size-4.5" />
            {peopleTexts.remove}
          </MenuItem>
        </Menu>
      </td>
    </tr>
  )
}

/** The column's name, where the head of the table is out of sight. */
function Small({ label }: { label: string }) {
  return (
    <span aria-hidden className="md:hidden">
      {label}:{' '}
    </span>
  )
}
