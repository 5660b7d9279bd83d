export function incompatibleChanges(before: string, after: string): { name: string; what: string }[];
export function allowsBreaks(released: string, version: string): boolean;
export function announcesBreaks(changeset: string, packageName: string, released: string): boolean;
export function names(text: string, name: string): boolean;
export function newestSections(changelog: string, released: string): string;
