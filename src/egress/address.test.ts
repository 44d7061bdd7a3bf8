/** Check E3: the table of addresses, in every spelling a URL has for them. */
import type { LookupAddress } from 'node:dns'
import { describe, expect, test } from 'vitest'
import { HubError } from '../errors.ts'
import { guardAddresses } from './address.ts'

type Resolve = NonNullable<Parameters<typeof guardAddresses>[0]>

function resolveTo(...answers: string[][]): { resolve: Resolve; asked: () => number } {
  let asked = 0
  const resolve = ((
    _name: string,
    _options: object,
    callback: (error: null, found: LookupAddress[]) => void,
  ) => {
    const found = answers[Math.min(asked++, answers.length - 1)] ?? []
    callback(
      null,
      found.map((address) => ({ address, family: address.includes(':') ? 6 : 4 })),
    )
  }) as unknown as Resolve
  return { resolve, asked: () => asked }
}

const lookUp = (guard: ReturnType<typeof guardAddresses>, all = true) =>
  new Promise<unknown>((resolve, reject) =>
    guard.lookup('name.example.com', { all }, (error, found) => (error ? reject(error) : resolve(found))),
  )

// biome-ignore format: a table
const REFUSED = [
  '0.0.0.0', '0.1.2.3', '10.0.0.1', '10.255.255.255', '100.64.0.1', '100.127.255.255', '127.0.0.1', '127.255.255.254', '169.254.169.254', '169.254.170.2',
  '172.16.0.1', '172.31.255.255', '192.0.0.1', '192.0.0.192', '192.0.2.1', '192.88.99.1', '192.168.0.1', '192.168.255.255', '198.18.0.1', '198.19.255.255', '198.51.100.7', '203.0.113.9',
  '224.0.0.1', '239.255.255.255', '240.0.0.1', '255.255.255.255',
  '::', '::1', '::127.0.0.1', '::ffff:127.0.0.1', '::ffff:10.0.0.1', '::ffff:169.254.169.254', '::ffff:a9fe:a9fe', '::ffff:0:127.0.0.1', '64:ff9b::7f00:1', '64:ff9b::169.254.169.254', '64:ff9b:1::1', '100::1',
  '2001::1', '2001:20::1', '2001:db8::1', '3fff::1', '5f00::1', '2002:7f00:1::', '2002:a9fe:a9fe::', 'fc00::1', 'fd00:ec2::254', 'fdff::1', 'fe80::1', 'fe80::1%eth0', 'febf::1', 'fec0::1', 'ff02::1',
]
// biome-ignore format: a table
const PUBLIC = ['1.1.1.1', '8.8.8.8', '9.255.255.255', '11.0.0.1', '100.63.255.255', '100.128.0.1', '126.1.1.1', '172.15.0.1', '172.32.0.1', '192.167.1.1', '192.169.1.1', '223.255.255.255', '2001:4860::8888', '2606:4700::1111', '2a00:1450::1', '::ffff:8.8.8.8']

describe('E3', () => {
  test.each(REFUSED)('%s is refused, as a literal and as what a name resolves to', async (address) => {
    await expect(lookUp(guardAddresses(resolveTo([address]).resolve))).rejects.toMatchObject({
      code: 'egress_refused',
    })
    if (!address.includes('%')) {
      const { hostname } = new URL(`https://${address.includes(':') ? `[${address}]` : address}/`)
      expect(() => guardAddresses().checkLiteral(hostname)).toThrow(HubError)
    }
  })

  test.each(PUBLIC)('%s is allowed', async (address) => {
    const found = await lookUp(guardAddresses(resolveTo([address]).resolve))
    expect(found).toMatchObject([{ address }])
    expect(() => guardAddresses().checkLiteral(address)).not.toThrow()
  })

  test.each([
    '2130706433',
    '0x7f000001',
    '0x7f.1',
    '0177.0.0.1',
    '017700000001',
    '127.1',
    '127.0.1',
    '127.0.0.1.',
    '0',
    '0x0',
    '3232235521',
    '0xa9fea9fe',
    '0251.0376.0251.0376',
    '169.254.43518',
    '１２７.0.0.1',
    '127。0。0。1',
    '[::ffff:7f00:1]',
    '[0:0:0:0:0:ffff:7f00:0001]',
  ])('the spelling %s of an IPv4 address is refused', (spelling) =>
    expect(() => guardAddresses().checkLiteral(new URL(`https://${spelling}/`).hostname)).toThrow(
      /private network/,
    ),
  )

  test('one private address among public ones refuses the name', async () => {
    await expect(lookUp(guardAddresses(resolveTo(['8.8.8.8', '10.0.0.1']).resolve))).rejects.toMatchObject({
      code: 'egress_refused',
    })
    await expect(
      lookUp(guardAddresses(resolveTo(['2606:4700::1111', '::1']).resolve), false),
    ).rejects.toMatchObject({ code: 'egress_refused' })
  })

  test('a name that resolves to nothing is refused', async () => {
    await expect(lookUp(guardAddresses(resolveTo([]).resolve))).rejects.toMatchObject({
      code: 'egress_refused',
    })
  })

  test('what was checked is what is used: one question to the resolver per socket, and the next is checked anew', async () => {
    const { resolve, asked } = resolveTo(['8.8.8.8'], ['127.0.0.1'])
    const guard = guardAddresses(resolve)
    expect(await lookUp(guard, false)).toBe('8.8.8.8')
    expect(asked()).toBe(1)
    await expect(lookUp(guard)).rejects.toMatchObject({ code: 'egress_refused' })
  })
})
