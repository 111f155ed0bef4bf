import 'bpmn-js/dist/assets/diagram-js.css';
import 'bpmn-js/dist/assets/bpmn-js.css';
import 'bpmn-js/dist/assets/bpmn-font/css/bpmn-embedded.css';
import '@bpmn-io/properties-panel/dist/assets/properties-panel.css';
import 'bpmn-js-element-templates/dist/assets/element-templates.css';
import 'diagram-js-minimap/assets/diagram-js-minimap.css';
import BpmnModeler from 'bpmn-js/lib/Modeler.js';
import { CreateAppendAnythingModule, CreateAppendElementTemplatesModule } from 'bpmn-js-create-append-anything';
import { CloudElementTemplatesPropertiesProviderModule } from 'bpmn-js-element-templates';
import { BpmnPropertiesPanelModule, BpmnPropertiesProviderModule, ZeebePropertiesProviderModule } from 'bpmn-js-properties-panel';
import { ZeebeVariableResolverModule } from '@bpmn-io/variable-resolver';
import zeebeBehaviors from 'camunda-bpmn-js-behaviors/lib/camunda-cloud';
import minimap from 'diagram-js-minimap';
import zeebe from 'zeebe-bpmn-moddle/resources/zeebe.json' with { type: 'json' };
import { alurPropertiesModule } from '../properties/provider.ts';
import { faithful } from './faithful-moddle.ts';
import { supportedModule } from './supported-module.ts';
import { translateModule } from './translate-module.ts';

export type { default as Modeler } from 'bpmn-js/lib/Modeler.js';

/** bpmn-js makes its own reader and writer; this is where it can be told to lose nothing. */
class Modeler extends BpmnModeler {
  protected override _createModdle(options: object): object {
    return faithful(super._createModdle(options));
  }
}

/** One modeler in `canvas`, its properties panel in `panel`. Call `destroy()` when the page is left. */
export function createModeler(canvas: HTMLElement, panel: HTMLElement): Modeler {
  return new Modeler({
    container: canvas,
    propertiesPanel: { parent: panel },
    additionalModules: [
      translateModule,
      BpmnPropertiesPanelModule,
      BpmnPropertiesProviderModule,
      ZeebePropertiesProviderModule,
      CloudElementTemplatesPropertiesProviderModule,
      zeebeBehaviors,
      ZeebeVariableResolverModule,
      CreateAppendAnythingModule,
      CreateAppendElementTemplatesModule,
      minimap,
      alurPropertiesModule,
      supportedModule,
    ],
    moddleExtensions: { zeebe },
  });
}
