import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import { EmptyState } from '../ui/components/empty-state.tsx';
import { inLanguage } from '../ui/i18n.ts';
import { Frame } from './frame.tsx';
import { Loaded } from './loaded.tsx';
import { useServices } from './queries.ts';
import type { Service } from './queries.ts';

/** What the city offers; open to everybody. */
export function ServicesPage(): ReactNode {
  const { t } = useTranslation('portal');
  const query = useServices();
  return (
    <Frame title={t('services.title')}>
      <div className="portal-hero">
        <h1>{t('services.heading')}</h1>
        <p>{t('services.intro')}</p>
      </div>
      <Loaded query={query}>
        {({ items }) =>
          items.length === 0 ? (
            <EmptyState title={t('services.none')} text={t('services.noneText')} />
          ) : (
            <ul className="portal-services">
              {items.map((service) => (
                <ServiceCard key={service.processDefinitionId} service={service} />
              ))}
            </ul>
          )
        }
      </Loaded>
    </Frame>
  );
}

function ServiceCard({ service }: { readonly service: Service }): ReactNode {
  const { t } = useTranslation('portal');
  return (
    <li className="card portal-service">
      <h2>
        <Link to={`/services/${encodeURIComponent(service.processDefinitionId)}`}>{inLanguage(service.name, service.nameEn)}</Link>
      </h2>
      <p>{inLanguage(service.description, service.descriptionEn)}</p>
      <p className="soft small">
        {[service.agencyName, service.stages.length > 0 && t('services.stages', { count: service.stages.length })]
          .filter(Boolean)
          .join(' · ')}
      </p>
    </li>
  );
}
