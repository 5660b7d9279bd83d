/* The floor: no library at all. */
import { get } from 'node:http';
import { baseUrl, tell } from './tell.js';

get(`${baseUrl}/config.json`, (response) => {
  let text = '';
  response.setEncoding('utf8').on('data', (chunk: string) => (text += chunk));
  response.on('end', () => tell((JSON.parse(text) as { f: { plain: { v: { b: boolean } } } }).f.plain.v.b));
});
