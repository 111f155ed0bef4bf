import { define } from './signature.ts';
import type { Table } from './signature.ts';
import { roundTo, tidy } from '../decimal.ts';
import type { Rounding } from '../decimal.ts';
import { EvaluationFailure } from '../runtime.ts';
import { MonthsDuration, SecondsDuration } from '../values.ts';
import type { FeelValue } from '../values.ts';

const SCALE_MIN = -6111;
const SCALE_MAX = 6176;

/** Numbers (DMN 10.3.4.5). */
export function defineNumeric(table: Table): void {
  const rounding = (name: string, signature: string, mode: Rounding): void => {
    define(table, name, { signature, run: ([n, scale = 0]: [number, number?]) => rounded(n, scale, mode) });
  };
  rounding('decimal', 'n: number, scale: number', 'half-even');
  rounding('floor', 'n: number, scale?: number', 'floor');
  rounding('ceiling', 'n: number, scale?: number', 'ceiling');
  rounding('round up', 'n: number, scale?: number', 'up');
  rounding('round down', 'n: number, scale?: number', 'down');
  rounding('round half up', 'n: number, scale?: number', 'half-up');
  rounding('round half down', 'n: number, scale?: number', 'half-down');
  define(table, 'abs', { signature: 'n: number', run: ([n]: [number]) => Math.abs(n) });
  define(table, 'abs', {
    signature: 'n: years and months duration',
    run: ([n]: [MonthsDuration]) => new MonthsDuration(Math.abs(n.months)),
  });
  define(table, 'abs', {
    signature: 'n: days and time duration',
    run: ([n]: [SecondsDuration]) => new SecondsDuration(Math.abs(n.seconds)),
  });
  // the sign of the divisor, as DMN says, not of the dividend
  define(table, 'modulo', {
    signature: 'dividend: number, divisor: number',
    run: ([a, b]: [number, number]) => (b === 0 ? undefined : tidy(a - b * Math.floor(tidy(a / b) ?? 0))),
  });
  define(table, 'sqrt', { signature: 'number: number', run: ([n]: [number]) => (n < 0 ? undefined : Math.sqrt(n)) });
  define(table, 'log', { signature: 'number: number', run: ([n]: [number]) => (n <= 0 ? undefined : Math.log(n)) });
  define(table, 'exp', { signature: 'number: number', run: ([n]: [number]) => finite(Math.exp(n)) });
  define(table, 'odd', { signature: 'number: number', run: ([n]: [number]) => (Number.isInteger(n) ? n % 2 !== 0 : undefined) });
  define(table, 'even', { signature: 'number: number', run: ([n]: [number]) => (Number.isInteger(n) ? n % 2 === 0 : undefined) });
  for (const name of ['random number', 'uuid']) {
    define(table, name, {
      signature: '',
      run: () => {
        throw new EvaluationFailure(
          'not-deterministic',
          `Expected an expression that yields the same every time, but "${name}" is not deterministic. Let a job worker make the value.`,
        );
      },
    });
  }
}

function rounded(n: number, scale: number, mode: Rounding): FeelValue | undefined {
  if (scale < SCALE_MIN || scale > SCALE_MAX) return undefined;
  return finite(roundTo(n, Math.trunc(scale), mode));
}

const finite = (value: number): number | undefined => (Number.isFinite(value) ? value : undefined);
