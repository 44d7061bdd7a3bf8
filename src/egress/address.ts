/** Which addresses the hub may talk to: the SSRF guard's table (RFC 6890 and its successors). */
import { type LookupAddress, lookup as systemLookup } from 'node:dns'
import { BlockList, isIP, type LookupFunction } from 'node:net'
import { HubError } from '../errors.ts'

const REFUSED: readonly [string, number, 'ipv4' | 'ipv6'][] = [
  ['0.0.0.0', 8, 'ipv4'], // this network
  ['10.0.0.0', 8, 'ipv4'], // private
  ['100.64.0.0', 10, 'ipv4'], // carrier-grade NAT
  ['127.0.0.0', 8, 'ipv4'], // loopback
  ['169.254.0.0', 16, 'ipv4'], // link-local, and the clouds' metadata services
  ['172.16.0.0', 12, 'ipv4'], // private
  ['192.0.0.0', 24, 'ipv4'], // protocol assignments
  ['192.0.2.0', 24, 'ipv4'], // documentation
  ['192.88.99.0', 24, 'ipv4'], // 6to4 relay
  ['192.168.0.0', 16, 'ipv4'], // private
  ['198.18.0.0', 15, 'ipv4'], // benchmarks
  ['198.51.100.0', 24, 'ipv4'], // documentation
  ['203.0.113.0', 24, 'ipv4'], // documentation
  ['224.0.0.0', 4, 'ipv4'], // multicast
  ['240.0.0.0', 4, 'ipv4'], // reserved and broadcast
  ['::', 96, 'ipv6'], // unspecified, loopback and IPv4-compatible
  ['::ffff:0:0:0', 96, 'ipv6'], // IPv4-translated (RFC 2765)
  ['64:ff9b::', 96, 'ipv6'], // NAT64: reaches any IPv4 address
  ['64:ff9b:1::', 48, 'ipv6'], // NAT64, local use
  ['100::', 64, 'ipv6'], // discard
  ['2001::', 23, 'ipv6'], // protocol assignments: Teredo, ORCHID
  ['2001:db8::', 32, 'ipv6'], // documentation
  ['2002::', 16, 'ipv6'], // 6to4: wraps IPv4 addresses
  ['3fff::', 20, 'ipv6'], // documentation
  ['5f00::', 16, 'ipv6'], // segment routing
  ['fc00::', 7, 'ipv6'], // unique local
  ['fe80::', 10, 'ipv6'], // link-local
  ['fec0::', 10, 'ipv6'], // site-local
  ['ff00::', 8, 'ipv6'], // multicast
]

export type AddressGuard = {
  /** @throws HubError `egress_refused` when the literal address is not public */
  checkLiteral(hostname: string): void
  /** A `lookup` for sockets: resolves once, checks every address, and hands on only what was checked. */
  lookup: LookupFunction
}

export function guardAddresses(resolve: typeof systemLookup = systemLookup): AddressGuard {
  const refused = new BlockList()
  for (const [network, prefix, family] of REFUSED) refused.addSubnet(network, prefix, family)

  // BlockList matches IPv4-mapped IPv6 addresses against the IPv4 rules.
  const isRefused = (address: string) => refused.check(address, isIP(address) === 6 ? 'ipv6' : 'ipv4')

  return {
    checkLiteral(hostname) {
      const address = hostname.replace(/^\[|\]$/g, '')
      if (isIP(address) && isRefused(address)) throw refusal(hostname)
    },
    lookup(hostname, options, callback) {
      resolve(hostname, { ...options, all: true }, (error, addresses: LookupAddress[]) => {
        if (error) return callback(error, '', 0)
        // One private address among public ones is how rebinding starts: refuse the name as a whole.
        if (addresses.length === 0 || addresses.some(({ address }) => isRefused(address))) {
          return callback(refusal(hostname), '', 0)
        }
        if (options.all) return callback(null, addresses)
        const [first] = addresses as [LookupAddress]
        callback(null, first.address, first.family)
      })
    },
  }
}

function refusal(hostname: string): HubError {
  return new HubError(
    'egress_refused',
    `${hostname} is an address inside a private network. If it is meant, the operator can add it to TRUNKLINE_ALLOW_PRIVATE_HOSTS.`,
  )
}
