/** Lines of columns that are as wide as their widest cell. */
export function alignColumns(rows: readonly (readonly string[])[], gap = 2): string[] {
  const widths: number[] = [];
  for (const row of rows) {
    row.forEach((text, column) => (widths[column] = Math.max(widths[column] ?? 0, text.length)));
  }
  return rows.map((row) =>
    row
      .map((text, column) => text.padEnd(widths[column]! + gap))
      .join('')
      .trimEnd(),
  );
}
