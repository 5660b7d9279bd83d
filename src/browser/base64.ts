/** Base64 of UTF-8, as ConfigCat's SDKs for browsers store configs. */
export function toBase64(text: string): string {
  let binary = '';
  for (const byte of new TextEncoder().encode(text)) binary += String.fromCharCode(byte);
  return btoa(binary);
}

export function fromBase64(stored: string): string {
  return new TextDecoder().decode(Uint8Array.from(atob(stored), (char) => char.charCodeAt(0)));
}
