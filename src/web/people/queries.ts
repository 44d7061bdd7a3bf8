/** What the pages about people read. Keys begin with `people`, so that live events reach them. */
import { infiniteQueryOptions, keepPreviousData, queryOptions } from '@tanstack/react-query'
import type { Hub } from '../api/hub.ts'
import { keys } from '../api/queries.ts'

export const signInOptionsQuery = (hub: Hub) =>
  queryOptions({ queryKey: ['sign-in'], queryFn: hub.signInOptions, staleTime: 300_000 })

export const membersQuery = (hub: Hub, search: string) =>
  infiniteQueryOptions({
    queryKey: [...keys.people, 'members', search],
    queryFn: ({ pageParam }) =>
      hub.people({ limit: 50, ...(search && { search }), ...(pageParam && { cursor: pageParam }) }),
    initialPageParam: '',
    getNextPageParam: (page) => page.next_cursor,
    placeholderData: keepPreviousData,
  })

export const invitationsQuery = (hub: Hub) =>
  queryOptions({ queryKey: [...keys.people, 'invitations'], queryFn: hub.invitations })

export const profileQuery = (hub: Hub) =>
  queryOptions({ queryKey: [...keys.people, 'profile'], queryFn: hub.profile })

export const passkeysQuery = (hub: Hub) =>
  queryOptions({ queryKey: [...keys.people, 'passkeys'], queryFn: hub.passkeys })

export const sessionsQuery = (hub: Hub) =>
  queryOptions({ queryKey: [...keys.people, 'sessions'], queryFn: hub.sessions })

export const myOrganizationsQuery = (hub: Hub) =>
  queryOptions({
    queryKey: [...keys.people, 'organizations'],
    queryFn: hub.myOrganizations,
    staleTime: 60_000,
  })

export const organizationQuery = (hub: Hub) =>
  queryOptions({ queryKey: [...keys.people, 'organization'], queryFn: hub.organization })

export const organizationsQuery = (hub: Hub) =>
  queryOptions({ queryKey: [...keys.people, 'all-organizations'], queryFn: hub.organizations })
