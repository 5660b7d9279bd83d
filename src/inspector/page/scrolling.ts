/** Brings the chosen flag into sight where it is out of it: below the list, as on phones, or above, where one has read on. */
export function showDetail(): void {
  const detail = document.getElementById('detail')!;
  const { top } = detail.getBoundingClientRect();
  if (top < 0 || top > innerHeight / 2) detail.scrollIntoView();
}

/** Brings the list into sight again. */
export function showList(): void {
  document.querySelector('nav')!.scrollIntoView();
}
