// A resolver of Jest that finds this folder's Angular wherever specs and sources ask for one.
module.exports = (path, options) => {
  const isAngular = path.startsWith('@angular/');
  // One RxJS for all: Angular brings its own.
  const basedir = isAngular
    ? __dirname
    : path === 'rxjs' || path.startsWith('rxjs/')
      ? options.rootDir
      : options.basedir;
  return options.defaultResolver(path, { ...options, basedir });
};
