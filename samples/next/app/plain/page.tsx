import { ConfigCatProvider } from 'configcat-rx/react';
import { options, sdkKey, users } from '../../src/settings';
import { Shop } from '../../src/shop';

/** A static page: made once by the build, with default values, while its flags come in the browser. */
export default function Page() {
  return (
    <ConfigCatProvider sdkKey={sdkKey} options={options} user={users.kate}>
      <Shop where="Static" />
    </ConfigCatProvider>
  );
}
