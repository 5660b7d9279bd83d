'use client';

import { useFlags } from 'configcat-rx/react';

export function Shop({ where }: { where: string }) {
  const { greeting, uploadLimitMb, darkMode } = useFlags({ greeting: '…', uploadLimitMb: 0, darkMode: false });
  return (
    <p className={darkMode ? 'dark' : 'light'}>
      {where}: {greeting}! You may upload {uploadLimitMb} MB.
    </p>
  );
}
