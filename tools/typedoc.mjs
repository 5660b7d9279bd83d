// A plugin of typedoc: shows guides by their titles instead of their file names, and entries as they are imported.
import { Converter, ReflectionKind } from 'typedoc';

/** Called by typedoc. */
export function load({ converter }) {
  converter.on(Converter.EVENT_RESOLVE_BEGIN, ({ project }) => {
    for (const guide of project.getReflectionsByKind(ReflectionKind.Document)) {
      const text = guide.content.map((part) => part.text).join('');
      guide.name = /^# (.*)$/m.exec(text)?.[1] ?? guide.name;
    }
    for (const entry of project.getReflectionsByKind(ReflectionKind.Module)) {
      const path = { index: '', functions: '/core' }[entry.name] ?? `/${entry.name}`;
      entry.name = `configcat-rx${path}`;
    }
  });
}
