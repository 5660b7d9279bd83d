/** Characters that reverse the direction in which the following text is shown. */
const bidi = /\p{Bidi_Control}/gu;
const invisible = /[\u007f-\u009f\u2028\u2029]|\p{Bidi_Control}/gu;
const control = /(?![\n\t])\p{Cc}|[\u2028\u2029]|\p{Bidi_Control}/gu;

/** Escapes control characters of terminals and of text direction in JSON, whose meaning stays the same. */
export function visibleJson(json: string): string {
  return json.replace(invisible, escape);
}

/** Escapes characters of text direction in foreign text, as JSON does. */
export function withoutBidi(text: string): string {
  return text.replace(bidi, escape);
}

/** Escapes all invisible characters in foreign text that is shown on a page, as JSON does. */
export function visible(text: string): string {
  return text.replace(control, escape);
}

function escape(character: string): string {
  return `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;
}
