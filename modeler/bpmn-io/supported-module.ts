/** Menus offer only what the engine runs. A file that brings something else is not changed: the check names it. */
interface PopupMenu {
  registerProvider: (menu: string, priority: number, provider: object) => void;
}
type Entries = Record<string, unknown>;

/** Menu entries (replace-*, append-*, create-*) whose target the engine refuses or that mean nothing to it. */
const hidden = /-(event-based-instantiating|collapsed-ad-hoc|collapsed-subprocess|ad-hoc-subprocess-collapsed)$/;
const afterAllOthers = 100;

class SupportedMenus {
  static $inject = ['popupMenu'];
  constructor(popupMenu: PopupMenu) {
    for (const menu of ['bpmn-replace', 'bpmn-append', 'bpmn-create']) popupMenu.registerProvider(menu, afterAllOthers, this);
  }
  getPopupMenuEntries(): (entries: Entries) => Entries {
    return (entries) => Object.fromEntries(Object.entries(entries).filter(([id]) => !hidden.test(id)));
  }
}

export const supportedModule = { __init__: ['alurSupportedMenus'], alurSupportedMenus: ['type', SupportedMenus] };
