// Puts what the server sends where it belongs. Nothing is evaluated here: the browser knows no rules and no other flags.
const changes = new EventSource('/changes');
const footer = document.querySelector('footer');
const state = document.getElementById('state');

changes.addEventListener('open', () => say('live', 'Live: changes show by themselves'));
changes.addEventListener('error', () => say('waiting', 'Waiting for the server'));
changes.addEventListener('message', ({ data }) => {
  const { isDark, texts } = JSON.parse(data);
  document.documentElement.classList.toggle('dark', isDark);
  for (const element of document.querySelectorAll('[data-slot]')) {
    const text = texts[element.dataset.slot];
    if (text !== undefined && text !== element.textContent) change(element, text);
  }
});

function change(element, text) {
  // An element of its own for each value begins the animation anew.
  const next = element.cloneNode();
  next.textContent = text;
  next.classList.add('changed');
  element.replaceWith(next);
}

function say(name, text) {
  footer.dataset.state = name;
  state.textContent = text;
}
