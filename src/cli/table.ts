/** Wider cells stand out of their column: a single long one would push all the others out of sight. */
const maxWidth = 48;

/** Lines of columns that are as wide as their widest cell, up to a limit. */
export function alignColumns(rows: readonly (readonly string[])[], gap = 2): string[] {
  const widths: number[] = [];
  for (const row of rows) {
    row.forEach((text, column) => (widths[column] = Math.max(widths[column] ?? 0, Math.min(text.length, maxWidth))));
  }
  return rows.map((row) =>
    row
      .map((text, column) => `${text.padEnd(widths[column]!)}${' '.repeat(gap)}`)
      .join('')
      .trimEnd(),
  );
}
