// A plugin of typedoc: shows guides by their titles instead of their file names, and entries as they are imported.
import { Comment, Converter, ReflectionKind } from 'typedoc';

/** What `using` calls: see `src/client/disposal.ts`. */
const wordsOfUsing = {
  '[dispose]': '`dispose()`, for `using`.',
  '[asyncDispose]':
    '`dispose()`, for `await using`, once the external cache has what is being written: after two seconds at most.',
};

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
    for (const member of project.getReflectionsByKind(ReflectionKind.Property)) {
      const text = wordsOfUsing[member.name];
      // Members of mapped types come without their comments, which belong to the signatures of functions.
      const documented = [member, ...(member.type?.declaration?.signatures ?? [])];
      if (text) for (const reflection of documented) reflection.comment ??= new Comment([{ kind: 'text', text }]);
    }
  });
}
