/** The tax office: a bill is made now; the payment comes later (after a delay, or when somebody calls the action `pay`) and is announced. */
import { dayAfter, problem, type Behaviour } from '../behaviour.ts';
import type { JsonObject } from '../state.ts';

const DAY = 86_400_000;

export const bapenda: Behaviour = {
  operations: {
    reportDeath: ({ body }, { state }) => {
      const confirmationNumber = state.nextNumber('PJK');
      state.records.set(confirmationNumber, body as JsonObject);
      return { status: 201, body: { confirmationNumber } };
    },
    createBill: ({ body }, world) => {
      const request = body as JsonObject;
      const billNumber = world.state.nextNumber('TGH');
      const bill: JsonObject = {
        billNumber,
        amount: request['amount'] ?? 0,
        status: 'unpaid',
        paymentCode: `885735730${billNumber.slice(-6)}7`,
        dueDate: dayAfter(world.now(), 14),
        payment: null,
      };
      world.state.records.set(billNumber, bill);
      if (world.laterMs !== undefined) world.schedule('pay', { billNumber }, world.laterMs);
      return { status: 201, body: bill };
    },
    getBill: ({ path }, { state }) => {
      const bill = state.records.get(path.get('billNumber') ?? '');
      return bill === undefined ? problem(404, 'BILL_UNKNOWN', 'Tagihan tidak dikenal') : { status: 200, body: bill };
    },
  },
  actions: {
    pay: ({ billNumber }, world) => {
      const bill = world.state.records.get(String(billNumber));
      if (bill === undefined || bill['status'] === 'paid') return bill;
      const payment = {
        paymentId: world.state.nextNumber('BYR'),
        billNumber: String(billNumber),
        amount: bill['amount'] ?? 0,
        paidAt: new Date(world.now()).toISOString(),
      };
      const paid: JsonObject = { ...bill, status: 'paid', payment };
      world.state.records.set(String(billNumber), paid);
      world.announce({
        name: 'pembayaran-diterima',
        correlationKey: String(billNumber),
        messageId: payment.paymentId,
        timeToLive: DAY,
        variables: { payment },
      });
      return paid;
    },
  },
};
