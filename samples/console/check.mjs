/** Follows the program while its config file is edited, and ends it. */
export async function check({ start, edit }) {
  const program = await start();
  await program.printed('kate  greeting: "Guten Tag"');
  await program.printed('ben   discountRate: 0.1');
  await edit((config) => {
    config.f.greeting.r[0].s.v.s = 'Moin';
    delete config.f.discountRate;
  });
  await program.printed('kate  greeting: "Guten Tag" → "Moin"');
  await program.printed('ben   discountRate: 0.1 → (gone)');
}
