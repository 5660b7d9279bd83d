import { Observable } from 'rxjs';

/** Emits again and again, and keeps no process alive. */
export function every(intervalMs: number): Observable<void> {
  return new Observable((subscriber) => {
    const handle = setInterval(() => {
      subscriber.next();
    }, intervalMs).unref();
    return () => {
      clearInterval(handle);
    };
  });
}
