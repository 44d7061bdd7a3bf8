import { useQuery, useQueryClient } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import { useMemo } from 'react'
import { problemOf } from '../api/http.ts'
import { useHub, useMe } from '../api/hub-context.tsx'
import { houseConnectionsQuery, providerQuery, providersQuery } from '../api/queries.ts'
import { useConnect } from '../connecting/connect-context.tsx'
import { useDisconnect } from '../connections/disconnect-context.tsx'
import { mayChange } from '../connections/may-change.ts'
import { useVerify } from '../connections/use-verify.ts'
import { commandTexts } from '../texts.ts'
import { Logo } from '../ui/logo.tsx'
import { useToasts } from '../ui/toasts.tsx'
import type { Command, CommandSource } from './command.ts'

/** One's own connections and the organization's: to open them, and what can be done with them. */
export const useConnectionCommands: CommandSource = () => {
  const hub = useHub()
  const me = useMe()
  const client = useQueryClient()
  const navigate = useNavigate()
  const connect = useConnect()
  const disconnect = useDisconnect()
  const { mutate: verify } = useVerify()
  const { say } = useToasts()
  const { data: providers } = useQuery(providersQuery(hub))
  const { data: connections } = useQuery(houseConnectionsQuery(hub, me))
  return useMemo(() => {
    const byId = new Map(providers?.map((provider) => [provider.id, provider]))
    return (connections ?? []).flatMap((connection): Command[] => {
      const provider = byId.get(connection.provider)
      const name = provider?.name ?? connection.provider
      const account = connection.label ?? connection.account.label
      const picture = <Logo name={name} src={provider?.logo ?? null} size="small" />
      const action = (what: 'verify' | 'reconnect' | 'disconnect', run: () => void): Command => ({
        id: `${what}-${connection.id}`,
        name: commandTexts[what](name, account),
        group: commandTexts.groups.actions,
        picture,
        typed: true,
        run,
      })
      const leave = () =>
        void client.fetchQuery(providerQuery(hub, connection.provider)).then(
          (detail) => disconnect({ provider: detail, connection }),
          (error: unknown) => say({ tone: 'warn', text: problemOf(error).detail }),
        )
      return [
        {
          id: `open-${connection.id}`,
          name: account,
          aliases: connection.account.email ? [connection.account.email] : [],
          group: `${name} · ${connection.owner.name}`,
          picture,
          typed: true,
          run: () => void navigate({ to: '/connections/$id', params: { id: connection.id } }),
        },
        ...(mayChange(me, connection)
          ? [
              action('verify', () => verify(connection.id)),
              ...(connection.method === 'verified_access' || connection.method === 'installed_app'
                ? []
                : [
                    action('reconnect', () =>
                      connect({ kind: 'reconnect', provider: connection.provider, connection }),
                    ),
                  ]),
              action('disconnect', leave),
            ]
          : []),
      ]
    })
  }, [providers, connections, me, hub, client, navigate, connect, disconnect, verify, say])
}
