import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { FieldProblem, Hint, useFieldParts } from './field-frame.tsx';
import type { FieldProps } from './field-frame.tsx';
import { useForm } from './form-context.ts';
import { nameOf, textOf } from './localize.ts';
import { Markdown, textOfHtml } from './markdown.tsx';
import { showNumber } from './numbers.ts';
import { fillTemplate } from './template.ts';

export function TextBlock({ component, path }: FieldProps): ReactNode {
  const { lang, evaluate } = useForm();
  const source = component.type === 'html' ? textOfHtml(textOf(component, 'content', lang)) : textOf(component, 'text', lang);
  return (
    <div className="form-text">
      <Markdown text={fillTemplate(source, (expression) => evaluate(expression, path))} />
    </div>
  );
}

/** A picture; one that only decorates has an empty alternative text. */
export function ImageBlock({ component }: FieldProps): ReactNode {
  const { lang } = useForm();
  const source = component.source ?? '';
  // DANGER: pages load nothing from outside; only our own paths and embedded pictures are shown.
  return /^(\/(?!\/)|data:image\/(png|jpeg|gif|webp|svg\+xml)[;,])/.test(source) ? (
    <img className="form-image" src={source} alt={textOf(component, 'alt', lang)} />
  ) : null;
}

/** Rows from the case's data, for reading. */
export function TableBlock({ component, path }: FieldProps): ReactNode {
  const { t } = useTranslation('forms');
  const { lang, evaluate } = useForm();
  const found = component.dataSource ? evaluate(component.dataSource, path) : undefined;
  const rows = Array.isArray(found) ? (found as Record<string, unknown>[]) : [];
  const columns =
    component.columns ?? Object.keys(rows[0] ?? {}).map((key): { key: string; label?: string; 'label.en'?: string } => ({ key }));
  const name = nameOf(component, lang);
  if (rows.length === 0) return <p className="a-hint">{t('table.empty', { name })}</p>;
  return (
    // eslint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- a wide table is scrolled by keyboard
    <div className="form-table" tabIndex={0} role="region" aria-label={name || t('table.name')}>
      <table>
        {name && <caption>{name}</caption>}
        <thead>
          <tr>
            {columns.map((column) => (
              <th key={column.key} scope="col">
                {(lang === 'en' && column['label.en']) || column.label || column.key}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((row, at) => (
            <tr key={at}>
              {columns.map((column) => (
                <td key={column.key}>{cellText(row, column.key, lang)}</td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

function cellText(row: Record<string, unknown>, key: string, lang: 'id' | 'en'): string {
  const value = typeof row === 'object' && row !== null && Object.hasOwn(row, key) ? row[key] : '';
  return typeof value === 'object' && value !== null ? JSON.stringify(value) : showNumber(value, lang);
}

/** Files cannot be sent yet: say so where the question stands, and what to do instead. */
export function FilepickerField({ component, path }: FieldProps): ReactNode {
  const { t } = useTranslation('forms');
  const parts = useFieldParts({ component, path });
  return (
    <div className="form-field" id={parts.id} tabIndex={-1}>
      <p className="form-label">{nameOf(component, parts.lang)}</p>
      <Hint id={parts.id} text={parts.hint} />
      <FieldProblem id={parts.id} text={parts.error} />
      <p className="form-notice">{t('file.notYet')}</p>
    </div>
  );
}

/** A kind of field that this screen cannot show: better said than silently left out. */
export function UnknownField({ component }: FieldProps): ReactNode {
  const { t } = useTranslation('forms');
  const { lang } = useForm();
  return <p className="form-notice">{t('unknownField', { name: nameOf(component, lang), type: component.type })}</p>;
}

/** A value worked out from the other answers. */
export function ExpressionField({ component, path }: FieldProps): ReactNode {
  const { lang, evaluate } = useForm();
  const expression = (component as { readonly expression?: string }).expression;
  const value = expression ? evaluate(expression, path.slice(0, -1)) : undefined;
  return component.label && value !== undefined && value !== null ? (
    <p className="form-field">
      <strong className="form-label">{nameOf(component, lang)}</strong>{' '}
      {typeof value === 'object' ? JSON.stringify(value) : showNumber(value, lang)}
    </p>
  ) : null;
}
