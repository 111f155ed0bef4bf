import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { showDate } from '../ui/forms/dates.ts';
import { showNumber } from '../ui/forms/numbers.ts';
import type { Values } from '../ui/forms/schema.ts';
import { language } from '../ui/i18n.ts';

/** The case's data as far as this agency may see it. Names come from the model, so they are only made readable, not translated. */
export function CaseData({ values }: { readonly values: Values }): ReactNode {
  const { t } = useTranslation('inbox');
  const entries = Object.entries(values).filter(([, value]) => value !== null && value !== '');
  if (entries.length === 0) return <p className="soft">{t('context.noData')}</p>;
  return (
    <dl className="form-answers">
      {entries.map(([name, value]) => (
        <div key={name}>
          <dt>{readable(name)}</dt>
          <dd>
            <Datum value={value} />
          </dd>
        </div>
      ))}
    </dl>
  );
}

/** `namaPemohon` and `nama_pemohon` become "Nama pemohon". */
function readable(name: string): string {
  const words = name
    .replace(/([a-z\d])([A-Z])/g, '$1 $2')
    .replace(/[_-]+/g, ' ')
    .toLowerCase();
  return /^(nik|kk|rt|rw|pbg|npwp)$/.test(words) ? words.toUpperCase() : words.charAt(0).toUpperCase() + words.slice(1);
}

function Datum({ value }: { readonly value: unknown }): ReactNode {
  const { t } = useTranslation('forms');
  if (value === null || value === undefined || value === '') return <span className="soft">{t('noAnswer')}</span>;
  if (typeof value === 'boolean') return t(value ? 'yes' : 'no');
  if (typeof value === 'number') return showNumber(value, language());
  if (Array.isArray(value)) {
    return (
      <ul className="inbox-values">
        {value.map((one, at) => (
          <li key={at}>
            <Datum value={one} />
          </li>
        ))}
      </ul>
    );
  }
  if (typeof value !== 'object') return /^\d{4}-\d\d-\d\d$/.test(String(value)) ? showDate(value) : String(value);
  return (
    <ul className="inbox-values">
      {Object.entries(value).map(([name, inside]) => (
        <li key={name}>
          <span className="soft">{readable(name)}: </span>
          <Datum value={inside} />
        </li>
      ))}
    </ul>
  );
}
