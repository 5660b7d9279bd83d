/** The greatest width of a column: a single long cell would push all other columns out of sight. */
const maxWidth = 48;

/** Formats rows as lines, with columns as wide as their widest cell, up to a limit. */
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
