/**
 * The network provider: an order is taken at once (202), worked on later, and the result announced.
 * A place whose name contains "gagal" cannot be installed; that is how a demo shows a failing provider.
 */
import { problem, type Behaviour, type World } from '../behaviour.ts';
import type { JsonObject } from '../state.ts';

const DAY = 86_400_000;
const unknown = problem(404, 'PROVISIONING_UNKNOWN', 'Pesanan tidak dikenal');

export const jaringan: Behaviour = {
  operations: {
    createProvisioning: ({ body }, world) => {
      const request = body as JsonObject;
      const provisioningId = world.state.nextNumber('HS');
      const order = { provisioningId, state: 'queued', ssid: null, failureReason: null, place: String(request['place']), attempts: 0 };
      return { status: 202, body: queued(order, world) };
    },
    getProvisioning: ({ path }, { state }) => {
      const order = state.records.get(path.get('provisioningId') ?? '');
      return order === undefined ? unknown : { status: 200, body: seen(order) };
    },
    reportFault: ({ path }, world) => {
      const order = world.state.records.get(path.get('provisioningId') ?? '');
      return order === undefined ? unknown : { status: 202, body: queued({ ...order, state: 'queued' }, world) };
    },
  },
  actions: {
    finish: ({ provisioningId }, world) => {
      const order = world.state.records.get(String(provisioningId));
      if (order === undefined || order['state'] !== 'queued') return undefined;
      const done = { ...order, ...outcome(order), attempts: Number(order['attempts']) + 1 };
      world.state.records.set(String(provisioningId), done);
      announce(done, world);
      return seen(done);
    },
  },
};

function queued(order: JsonObject, world: World): JsonObject {
  world.state.records.set(String(order['provisioningId']), order);
  if (world.laterMs !== undefined) world.schedule('finish', { provisioningId: order['provisioningId'] ?? null }, world.laterMs);
  return seen(order);
}

const outcome = (order: JsonObject): JsonObject =>
  String(order['place']).toLowerCase().includes('gagal')
    ? { state: 'failed', failureReason: 'Tiang tidak dapat dipasangi perangkat.' }
    : { state: 'active', ssid: `WiFi-Kota-${String(order['provisioningId']).slice(-4)}`, failureReason: null };

const seen = (order: JsonObject): JsonObject => ({
  provisioningId: order['provisioningId'] ?? null,
  state: order['state'] ?? null,
  ssid: order['ssid'] ?? null,
  failureReason: order['failureReason'] ?? null,
});

function announce(order: JsonObject, world: World): void {
  const correlationKey = String(order['provisioningId']);
  const messageId = `${correlationKey}-${String(order['attempts'])}`;
  world.announce({ name: 'laporan-penyedia', correlationKey, messageId, timeToLive: DAY, variables: { installation: seen(order) } });
}
