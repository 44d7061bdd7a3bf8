/** The calls about people and signing in. */
import type {
  CreatedOrganizationBody,
  DepartureBody,
  InvitationBody,
  InvitedBody,
  MemberBody,
  MyOrganizationBody,
  OrganizationBody,
  PasskeyBody,
  ProfileBody,
  SessionBody,
  SignInLinkBody,
  SignInOptionsBody,
} from '../../http/wire.ts'
import type {
  AuthenticationResponseJSON,
  PublicKeyCredentialCreationOptionsJSON,
  PublicKeyCredentialRequestOptionsJSON,
  RegistrationResponseJSON,
} from '@simplewebauthn/browser'
import type { Send } from './http.ts'

type List<T> = { data: T[] }
export type SsoPurpose = 'sign_in' | 'link' | 'reauthenticate' | 'invitation'

export function createAccountCalls(send: Send) {
  const segment = encodeURIComponent
  return {
    signInOptions: () => send<SignInOptionsBody>('GET', '/sign-in'),
    signInByPassword: (given: { email: string; password: string }) =>
      send<void>('POST', '/sessions/password', given),
    passkeyOptions: () => send<PublicKeyCredentialRequestOptionsJSON>('POST', '/sessions/passkey/options'),
    signInByPasskey: (response: AuthenticationResponseJSON) =>
      send<void>('POST', '/sessions/passkey', { response }),
    beginSso: (purpose: SsoPurpose, token?: string) =>
      send<{ authorization_url: string }>('POST', '/sessions/sso', { purpose, ...(token && { token }) }),
    switchOrganization: (organization_id: string) =>
      send<void>('POST', '/sessions/switch', { organization_id }),
    requestReset: (email: string) => send<void>('POST', '/password-resets', { email }),
    completeReset: (given: { token: string; password: string }) =>
      send<void>('POST', '/password-resets/complete', given),

    profile: () => send<ProfileBody>('GET', '/me/profile'),
    rename: (name: string) => send<void>('PATCH', '/me/profile', { name }),
    reauthenticate: (proof: { password: string } | { passkey: AuthenticationResponseJSON }) =>
      send<void>('POST', '/me/reauthenticate', proof),
    setPassword: (password: string) => send<void>('PUT', '/me/password', { password }),
    removePassword: () => send<void>('DELETE', '/me/password'),
    changeEmail: (email: string) => send<{ outcome: 'sent' | 'changed' }>('PUT', '/me/email', { email }),
    confirmEmail: (token: string) => send<void>('POST', '/me/email/confirm', { token }),
    unlinkSso: () => send<void>('DELETE', '/me/sso'),
    passkeys: async () => (await send<List<PasskeyBody>>('GET', '/me/passkeys')).data,
    newPasskeyOptions: () => send<PublicKeyCredentialCreationOptionsJSON>('POST', '/me/passkeys/options'),
    addPasskey: (given: { name: string; response: RegistrationResponseJSON }) =>
      send<PasskeyBody>('POST', '/me/passkeys', given),
    renamePasskey: (id: string, name: string) =>
      send<PasskeyBody>('PATCH', `/me/passkeys/${segment(id)}`, { name }),
    removePasskey: (id: string) => send<void>('DELETE', `/me/passkeys/${segment(id)}`),
    sessions: async () => (await send<List<SessionBody>>('GET', '/me/sessions')).data,
    endSession: (id: string) => send<void>('DELETE', `/me/sessions/${segment(id)}`),
    endEverySession: () => send<void>('DELETE', '/me/sessions'),
    myOrganizations: async () => (await send<List<MyOrganizationBody>>('GET', '/me/organizations')).data,
    joinOrganization: (token: string) => send<void>('POST', '/me/organizations', { token }),

    people: (page: { search?: string; cursor?: string; limit: number }) =>
      send<{ data: MemberBody[]; next_cursor: string | null }>(
        'GET',
        `/people?${new URLSearchParams(
          Object.entries(page).flatMap(([name, value]) => (value ? [[name, String(value)]] : [])),
        )}`,
      ),
    changeRole: (id: string, role: MemberBody['role']) =>
      send<MemberBody>('PATCH', `/people/${segment(id)}`, { role }),
    removePerson: (id: string) => send<DepartureBody>('DELETE', `/people/${segment(id)}`),
    makeSignInLink: (id: string) => send<SignInLinkBody>('POST', `/people/${segment(id)}/sign-in-link`),

    invitations: async () => (await send<List<InvitationBody>>('GET', '/invitations')).data,
    invite: (given: { email: string; role: MemberBody['role']; delivery: InvitationBody['delivery'] }) =>
      send<InvitationBody>('POST', '/invitations', given),
    resendInvitation: (id: string, delivery: InvitationBody['delivery']) =>
      send<InvitationBody>('POST', `/invitations/${segment(id)}/resend`, { delivery }),
    revokeInvitation: (id: string) => send<void>('DELETE', `/invitations/${segment(id)}`),
    lookInvitation: (token: string) => send<InvitedBody>('POST', '/invitations/look', { token }),
    invitationPasskeyOptions: (given: { token: string; name: string }) =>
      send<PublicKeyCredentialCreationOptionsJSON>('POST', '/invitations/passkey/options', given),
    acceptInvitation: (
      given: { token: string; name: string } & ({ password: string } | { passkey: RegistrationResponseJSON }),
    ) => send<void>('POST', '/invitations/accept', given),

    organization: () => send<OrganizationBody>('GET', '/organization'),
    updateOrganization: (change: { name?: string; requires_single_sign_on?: boolean }) =>
      send<OrganizationBody>('PATCH', '/organization', change),
    organizations: async () => (await send<List<OrganizationBody>>('GET', '/organizations')).data,
    createOrganization: (given: { name: string; administrator?: string }) =>
      send<CreatedOrganizationBody>('POST', '/organizations', given),
  }
}
