/**
 * Where Redis is: `redis://` and `rediss://` as everywhere, and `redis+sentinel://[user:password@]host:port[,host:port…]/<name of the master>[/<database>]`
 * (`rediss+sentinel://` with TLS), where Sentinels tell which server leads right now.
 */
import { Redis } from 'ioredis';
import type { RedisOptions } from 'ioredis';

const SENTINEL = /^(rediss?)\+sentinel:\/\/(?:([^@/]*)@)?([^/?]+)\/([^/?]+)(?:\/(\d{1,4}))?$/;
const SENTINEL_PORT = 26_379;

export function isRedisAddress(address: string): boolean {
  return /^rediss?:\/\//.test(address) || sentinelOptions(address) !== undefined;
}

/** milliseconds until a server that is gone is no longer told goodbye: that would keep a process alive that has ended */
const GOODBYE = 200;

/** A connection. What is given wins over what the address says. */
export function connectRedis(address: string, given: RedisOptions): Redis {
  const options: RedisOptions = { disconnectTimeout: GOODBYE, ...given };
  const sentinels = sentinelOptions(address);
  return sentinels === undefined ? new Redis(address, options) : new Redis({ ...sentinels, ...options });
}

/** Undefined when the address is none of Sentinels. */
function sentinelOptions(address: string): RedisOptions | undefined {
  const [, scheme, access, hosts = '', name = '', database] = SENTINEL.exec(address) ?? [];
  if (scheme === undefined) return undefined;
  const sentinels = hosts.split(',').map(hostOf);
  if (sentinels.some((host) => host === undefined)) return undefined;
  const [user = '', password = ''] = (access ?? '').split(':').map(decodeURIComponent);
  return {
    sentinels: sentinels.filter((host) => host !== undefined),
    name: decodeURIComponent(name),
    // a connection to one that no longer leads is given up at once
    failoverDetector: true,
    sentinelRetryStrategy: (times) => Math.min(100 * times, 1_000),
    ...(user !== '' && { username: user, sentinelUsername: user }),
    ...(password !== '' && { password, sentinelPassword: password }),
    ...(database !== undefined && { db: Number(database) }),
    ...(scheme === 'rediss' && { tls: {}, enableTLSForSentinelMode: true }),
  };
}

function hostOf(text: string): { readonly host: string; readonly port: number } | undefined {
  const [, host, port] = /^(\[[0-9a-fA-F:]+\]|[\w.-]+)(?::(\d{1,5}))?$/.exec(text) ?? [];
  return host === undefined ? undefined : { host: host.replace(/^\[|\]$/g, ''), port: Number(port ?? SENTINEL_PORT) };
}
