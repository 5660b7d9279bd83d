import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { fileURLToPath } from 'node:url';
import cookieParser from 'cookie-parser';
import express from 'express';
import helmet from 'helmet';
import { firstValueFrom, interval, map, merge } from 'rxjs';
import { connect } from './src/connect.js';
import { defaults } from './src/flags.js';
import { renderPage, viewOf } from './src/page.js';
import { becomeSomebodyElse, changePlan, userOf } from './src/visitors.js';

const { PORT: port = '3000' } = process.env;
const { client, webhook, place, close } = await connect();

const app = express();
app.use(
  helmet({
    contentSecurityPolicy: {
      useDefaults: false,
      directives: {
        defaultSrc: ["'none'"],
        scriptSrc: ["'self'"],
        styleSrc: ["'self'"],
        connectSrc: ["'self'"],
        imgSrc: ['data:'],
        formAction: ["'self'"],
        baseUri: ["'none'"],
        frameAncestors: ["'none'"],
      },
    },
  }),
);
// Before anything that reads bodies: signatures are of the body as it came.
if (webhook) app.use('/webhook', webhook.express);
app.use(express.static(path('public')));
app.use(cookieParser());

app.get('/', async (request, response) => {
  const user = userOf(request, response);
  const flags = await firstValueFrom(client.flags$(defaults, user), { defaultValue: defaults });
  response.set('Cache-Control', 'no-store').send(renderPage(flags, user));
});

// What the page shows, now and each time that one of its flags is another one for this visitor.
app.get('/changes', (request, response) => {
  const user = userOf(request, response);
  response.set({ 'Content-Type': 'text/event-stream', 'Cache-Control': 'no-store' }).flushHeaders();
  const news$ = client.flags$(defaults, user).pipe(map((flags) => `data: ${JSON.stringify(viewOf(flags))}\n\n`));
  // Proxies close what is silent for too long.
  const signs$ = interval(20_000).pipe(map(() => ': still here\n\n'));
  const subscription = merge(news$, signs$).subscribe((text) => response.write(text));
  response.once('close', () => subscription.unsubscribe());
});

app.post('/somebody-else', (request, response) => {
  becomeSomebodyElse(response);
  response.redirect(303, '/');
});
app.post('/plan', (request, response) => {
  changePlan(request, response);
  response.redirect(303, '/');
});

const server = app.listen(Number(port), '127.0.0.1');
await once(server, 'listening');
console.log(`The ferry is open: http://127.0.0.1:${(server.address() as AddressInfo).port}`);
console.log(place);

await Promise.race([once(process, 'SIGINT'), once(process, 'SIGTERM')]);
server.close();
server.closeAllConnections();
await close();

function path(relative: string): string {
  return fileURLToPath(new URL(relative, import.meta.url));
}
