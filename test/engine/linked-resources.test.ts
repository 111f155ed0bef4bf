import { describe, expect, test } from '@jest/globals';
import { compile } from '../../engine/index.ts';
import { diagram, job, path, start, userTask, zeebe } from '../support/bpmn.ts';
import { given } from '../support/given.ts';

const linked = (...links: readonly Readonly<Record<string, string>>[]) =>
  zeebe('linkedResources', {}, links.map((link) => zeebe('linkedResource', link)).join(''));
const robot = { resourceId: 'robot', resourceType: 'RPA', linkName: 'script' };
const using = (...links: readonly Readonly<Record<string, string>>[]) => diagram(start('s'), job('j', [linked(...links)]), path('s j'));
/** Answers what was asked for as the key. */
const library = {
  resource: (id: string, binding: { readonly type: string; readonly versionTag?: string }) =>
    id === 'gone' ? undefined : { key: `${id} ${binding.type} ${binding.versionTag ?? ''}`.trim() },
};

describe('linked resources', () => {
  test('[J6] their keys come to the worker in one header, each by its binding', async () => {
    const story = (
      await given(
        using(
          robot,
          { resourceId: '=which', resourceType: 'config', linkName: 'b', bindingType: 'versionTag', versionTag: 'v1' },
          { resourceId: 'x.md', resourceType: '', linkName: 'c', bindingType: 'deployment' },
        ),
        library,
      )
    ).start({ which: 'settings.json' });
    const [created] = story.of('job-created');
    expect(JSON.parse(created?.headers['linkedResources'] ?? '')).toEqual([
      { resourceKey: 'robot latest', resourceType: 'RPA', linkName: 'script' },
      { resourceKey: 'settings.json versionTag v1', resourceType: 'config', linkName: 'b' },
      { resourceKey: 'x.md deployment', resourceType: '', linkName: 'c' },
    ]);
  });

  test('[J6] a job without them has no such header', async () => {
    const story = (await given(diagram(start('s'), job('j'), path('s j')), library)).start();
    expect(story.of('job-created')[0]?.headers).toEqual({});
  });

  test('[J7] one that is not deployed is an incident that names it; resolving looks again', async () => {
    const story = (await given(using({ ...robot, resourceId: '=name', bindingType: 'versionTag', versionTag: 'v9' }), library)).start({
      name: 'gone',
    });
    expect(story.incident()).toMatchObject({
      kind: 'RESOURCE_NOT_FOUND',
      element: 'j',
      message: expect.stringMatching(/'gone' \(versionTag 'v9'\)/),
    });
    story.when('set-variables', { n: 0, variables: { name: 'robot' } }).when('resolve-incident', { n: story.incident().n });
    expect(story.of('job-created').length).toBe(1);
  });

  test('[J7] an id that does not evaluate is an incident that names the link', async () => {
    const story = (await given(using({ ...robot, resourceId: '=missing' }), library)).start();
    expect(story.incident()).toMatchObject({ kind: 'EXTRACT_VALUE_ERROR', message: expect.stringContaining("'script'") });
  });

  test.each([
    ['without a resource id', using({ resourceType: 'RPA', linkName: 'a' }), 'INVALID_LINKED_RESOURCE'],
    ['with a name that is there already', using(robot, robot), 'INVALID_LINKED_RESOURCE'],
    ['where no worker would get it', diagram(start('s'), userTask('j', linked(robot)), path('s j')), 'LINKED_RESOURCES_WITHOUT_JOB'],
  ])('[J7] a linked resource %s is refused', async (_what, xml, code) => {
    expect((await compile(xml)).problems).toMatchObject([{ code, elementId: 'j', severity: 'error' }]);
  });
});
