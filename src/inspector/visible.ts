/** Characters that turn the direction of text round: what follows them is read in another order than it is written. */
const bidi = /\p{Bidi_Control}/gu;
const invisible = /[\u007f-\u009f\u2028\u2029]|\p{Bidi_Control}/gu;
const control = /(?![\n\t])\p{Cc}|[\u2028\u2029]|\p{Bidi_Control}/gu;

/** JSON that says the same, with characters that terminals obey and that turn text round in escaped form. */
export function visibleJson(json: string): string {
  return json.replace(invisible, escape);
}

/** Text of somebody else, in which what would turn it round is written out as JSON writes it. */
export function withoutBidi(text: string): string {
  return text.replace(bidi, escape);
}

/** Text of somebody else for a page, with all that cannot be seen written out as JSON writes it. */
export function visible(text: string): string {
  return text.replace(control, escape);
}

function escape(character: string): string {
  return `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;
}
