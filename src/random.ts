import { observe } from './arguments.js';

/** Numbers from 0 to 1, whatever the given function does. */
export function safeRandom(random: () => number = Math.random): () => number {
  return () => {
    try {
      return Math.min(1, Math.max(0, Number(observe<unknown>(random())) || 0));
    } catch {
      return 0;
    }
  };
}
