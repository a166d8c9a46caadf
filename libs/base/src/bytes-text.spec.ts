import { bytesText } from './bytes-text';

it.each([
  [0, '0 B'],
  [512, '512 B'],
  [999.4, '999 B'],
  [999.9, '1.00 kB'],
  [91_203, '91.2 kB'],
  [100_000, '100 kB'],
  [999_499, '999 kB'],
  [999_500, '1.00 MB'],
  [25e9, '25.0 GB'],
  [12_345e12, '12345 TB'],
  [-5, '0 B'],
])('%d bytes are %s', (bytes, text) => {
  expect(bytesText(bytes)).toBe(text);
});
