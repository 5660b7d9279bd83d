/** Version of this package, named to the server with every request; a spec keeps it equal to package.json. */
export const version = '0.2.0';
