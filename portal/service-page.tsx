import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { Link, useParams } from 'react-router';
import { fieldNames } from '../ui/forms/field-names.ts';
import { inLanguage, language } from '../ui/i18n.ts';
import { Frame } from './frame.tsx';
import { Loaded } from './loaded.tsx';
import { useService } from './queries.ts';
import type { ServiceWithForm } from './queries.ts';

/** Before somebody starts: what it is, who works on it, what is asked, what happens afterwards. */
export function ServicePage(): ReactNode {
  const { t } = useTranslation('portal');
  const { id = '' } = useParams();
  const query = useService(id);
  const title = query.data ? inLanguage(query.data.name, query.data.nameEn) : t('services.title');
  return (
    <Frame title={title} above={[t('nav.services'), '/']}>
      <Loaded query={query}>{(service) => <ServiceText service={service} />}</Loaded>
    </Frame>
  );
}

function ServiceText({ service }: { readonly service: ServiceWithForm }): ReactNode {
  const { t } = useTranslation('portal');
  const start = (
    <Link className="a-button a-button-primary portal-start" to={`/services/${encodeURIComponent(service.processDefinitionId)}/apply`}>
      {t('service.start')}
    </Link>
  );
  return (
    <article className="stack-large portal-narrow">
      <header className="stack">
        <h1>{inLanguage(service.name, service.nameEn)}</h1>
        <p className="portal-lead">{inLanguage(service.description, service.descriptionEn)}</p>
        {service.form ? start : <p className="form-notice">{t('service.noForm')}</p>}
      </header>
      <Needed service={service} />
      <section className="stack">
        <h2>{t('service.stages')}</h2>
        <ol className="portal-steps">
          {service.stages.map((stage) => (
            <li key={stage.id}>{inLanguage(stage.label, stage.labelEn)}</li>
          ))}
        </ol>
        <p className="soft">{t('service.after')}</p>
      </section>
      <section className="stack-small">
        <h2>{t('service.agencies')}</h2>
        <ul className="portal-list">
          {(service.agencies ?? [{ agencyId: service.agency ?? '', name: service.agencyName ?? '', nameEn: null }])
            .filter((agency) => agency.name)
            .map((agency) => (
              <li key={agency.agencyId}>{inLanguage(agency.name, agency.nameEn)}</li>
            ))}
        </ul>
        <p className="soft">{t('service.data')}</p>
      </section>
    </article>
  );
}

/** What the form will ask, so that everything lies ready. */
function Needed({ service }: { readonly service: ServiceWithForm }): ReactNode {
  const { t } = useTranslation('portal');
  if (!service.form) return null;
  // A declaration to tick is nothing to have ready.
  const names = [...fieldNames(service.form, language()).values()].filter((field) => field.type !== 'checkbox').map((field) => field.name);
  return (
    <section className="stack-small">
      <h2>{t('service.needed')}</h2>
      <p>{t('service.neededText')}</p>
      <ul className="portal-list">
        {names.map((name) => (
          <li key={name}>{name}</li>
        ))}
      </ul>
    </section>
  );
}
