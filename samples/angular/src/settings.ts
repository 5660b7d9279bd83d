/** What the server tells the page. */
export interface Settings {
  readonly sdkKey: string;
  readonly pollIntervalSeconds: number;
  readonly baseUrl?: string;
}
