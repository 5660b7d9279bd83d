export default {
  root: 'pages/react',
  base: '/react/',
  build: { outDir: '../../dist/react', emptyOutDir: true },
};
