// A page that the server has rendered loads what takes it over, and nothing of what evaluates rules.
const isRendered = document.querySelector('[ng-server-context]') !== null;
const { start } = await (isRendered ? import('./label/start') : import('./app/start'));
await start();

export {};
