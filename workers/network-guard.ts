/**
 * DANGER: an integrator types an agency's address, and this server calls it. Without this guard that is a way into the house's own network
 * (metadata services, databases, other people's consoles). Only public addresses pass, and those networks that the operator allows.
 *
 * A name is resolved once per connection and the connection goes to exactly the address that was judged: a name that changes its mind
 * between the check and the call gains nothing.
 */
import { lookup as resolveName, type LookupAddress, type LookupOptions } from 'node:dns';
import ipaddr from 'ipaddr.js';

export interface NetworkGuard {
  /** what is wrong with this address, as the end of a sentence; undefined when it may be called */
  judge(url: string): string | undefined;
  /** for sockets: like dns.lookup, but a name with a forbidden address has none */
  readonly lookup: Lookup;
}

type Found = (error: NodeJS.ErrnoException | null, address: string | LookupAddress[], family?: number) => void;
type Lookup = (host: string, options: LookupOptions, found: Found) => void;
/** dns.lookup with `all` */
export type Resolve = (host: string, found: (error: NodeJS.ErrnoException | null, addresses: readonly LookupAddress[]) => void) => void;

export const FORBIDDEN = 'EFORBIDDENADDRESS';

/** `allowed`: networks as CIDR, e.g. `10.20.0.0/16`. Throws an Error that names the one it cannot read. */
export function createNetworkGuard(allowed: readonly string[] = [], resolve: Resolve = resolveAll): NetworkGuard {
  const networks = allowed.map(readNetwork);
  const mayCall = (address: string): boolean => isAllowed(address, networks);
  return {
    judge(url) {
      const parsed = URL.parse(url);
      if (parsed === null || !/^https?:$/.test(parsed.protocol)) return 'it is no http or https URL';
      if (parsed.username !== '' || parsed.password !== '') return 'it carries a name or password';
      // the URL parser has already turned 0x7f.1, 2130706433 and 0177.0.0.1 into 127.0.0.1
      const host = parsed.hostname.replace(/^\[|\]$/g, '');
      return ipaddr.isValid(host) && !mayCall(host) ? 'it lies in a network that the operator did not allow' : undefined;
    },
    lookup(host, options, found) {
      resolve(host, (error, addresses) => {
        if (error !== null) return found(error, []);
        // one forbidden address among many is enough: which one a retry takes is not ours to choose
        if (addresses.length === 0 || !addresses.every(({ address }) => mayCall(address))) return found(forbidden(), []);
        const first = addresses[0]!;
        if (options.all === true) found(null, [first]);
        else found(null, first.address, first.family);
      });
    },
  };
}

type Network = [ipaddr.IPv4 | ipaddr.IPv6, number];

function readNetwork(text: string): Network {
  try {
    return ipaddr.parseCIDR(text.trim());
  } catch {
    throw new Error(`Expected a network like 10.20.0.0/16, but got ${text}`);
  }
}

function isAllowed(address: string, networks: readonly Network[]): boolean {
  // ::ffff:10.0.0.1 is 10.0.0.1 in another coat
  const parsed = ipaddr.process(address);
  const listed = networks.some(
    ([network, bits]) => network.kind() === parsed.kind() && (parsed as ipaddr.IPv4).match(network as ipaddr.IPv4, bits),
  );
  return listed || (parsed.range() === 'unicast' && isGlobal(parsed));
}

/** All public IPv6 lies in 2000::/3. Outside of it are coats of IPv4 (`::127.0.0.1`, 64:ff9b:1::/48) and networks that are somebody's own. */
function isGlobal(address: ipaddr.IPv4 | ipaddr.IPv6): boolean {
  return address.kind() === 'ipv4' || (address as ipaddr.IPv6).match(PUBLIC_IPV6, 3);
}

const PUBLIC_IPV6 = ipaddr.IPv6.parse('2000::');

const forbidden = (): NodeJS.ErrnoException =>
  Object.assign(new Error('Expected an address outside of forbidden networks, but it is inside'), { code: FORBIDDEN });

const resolveAll: Resolve = (host, found) => resolveName(host, { all: true }, (error, addresses) => found(error, addresses ?? []));
