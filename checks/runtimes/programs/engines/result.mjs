/** Shows a page's result where the runner looks for it. */
export function show(program) {
  const query = Object.fromEntries(new URLSearchParams(location.search));
  void program(query).then((result) => {
    document.body.dataset.result = result;
  });
}
