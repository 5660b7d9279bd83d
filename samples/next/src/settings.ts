/** The same on the server and in the browser: `npm start` sets them before it builds. */
export const sdkKey = process.env.NEXT_PUBLIC_SDK_KEY ?? '';
export const baseUrl = process.env.NEXT_PUBLIC_BASE_URL || undefined;
export const options = baseUrl ? { baseUrl } : {};

export const users = {
  kate: { identifier: 'kate', email: 'kate@example.com', country: 'DE', custom: { plan: 'pro' } },
  ben: { identifier: 'ben', email: 'ben@mail.example', country: 'US', custom: { plan: 'free' } },
};

export function findUser(name: string | undefined) {
  return name === 'kate' ? users.kate : users.ben;
}
