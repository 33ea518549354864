// A proof of work: a counter for which SHA-256 of "challenge:counter" begins with enough zero bits. The browser's own
// SHA-256 answers one call at a time and exists on safe origins only, so this one is written out.

const PRIMES = [];
for (let n = 2; PRIMES.length < 64; n += 1) if (PRIMES.every((prime) => n % prime)) PRIMES.push(n);
const fraction = (root) => ((root - Math.floor(root)) * 2 ** 32) >>> 0;
const K = PRIMES.map((prime) => fraction(Math.cbrt(prime)));
const START = PRIMES.slice(0, 8).map((prime) => fraction(Math.sqrt(prime)));
const AT_ONCE = 4000;

const W = new Uint32Array(64);

/** The counter that solves a challenge, as text. The page stays usable meanwhile. */
export async function solved(challenge, bits) {
  const prefix = new TextEncoder().encode(`${challenge}:`);
  const begun = midstate(prefix);
  for (let counter = 0; ; counter += 1) {
    if (leadingZeros(digest(begun, String(counter))) >= bits) return String(counter);
    if (counter % AT_ONCE === 0) await new Promise((wake) => setTimeout(wake));
  }
}

function leadingZeros(words) {
  let zeros = 0;
  for (const word of words) {
    zeros += Math.clz32(word);
    if (word) break;
  }
  return zeros;
}

/** What is the same for every counter: the state after the whole blocks of the prefix, and the bytes that are left. */
export function midstate(prefix) {
  const whole = prefix.length & ~63;
  const hash = new Int32Array(START);
  const view = new DataView(prefix.buffer, prefix.byteOffset);
  for (let block = 0; block < whole; block += 64) mix(hash, view, block);
  const rest = new Uint8Array(128);
  rest.set(prefix.subarray(whole));
  return { hash, rest, left: prefix.length - whole, length: prefix.length };
}

/** The eight words of the SHA-256 of a prefix and the ASCII text after it, of at most 50 characters. */
export function digest(begun, text) {
  const { rest, left } = begun;
  rest.fill(0, left);
  for (let n = 0; n < text.length; n += 1) rest[left + n] = text.charCodeAt(n);
  const end = left + text.length;
  rest[end] = 0x80;
  const size = end + 9 > 64 ? 128 : 64;
  const view = new DataView(rest.buffer);
  view.setUint32(size - 4, (begun.length + text.length) * 8);
  const hash = begun.hash.slice();
  for (let block = 0; block < size; block += 64) mix(hash, view, block);
  return hash;
}

function mix(hash, view, block) {
  for (let n = 0; n < 16; n += 1) W[n] = view.getUint32(block + 4 * n);
  for (let n = 16; n < 64; n += 1) {
    const x = W[n - 15];
    const y = W[n - 2];
    W[n] = W[n - 16] + W[n - 7] + (turned(x, 7) ^ turned(x, 18) ^ (x >>> 3)) + (turned(y, 17) ^ turned(y, 19) ^ (y >>> 10));
  }
  let [a, b, c, d, e, f, g, h] = hash;
  for (let n = 0; n < 64; n += 1) {
    const one = (h + (turned(e, 6) ^ turned(e, 11) ^ turned(e, 25)) + ((e & f) ^ (~e & g)) + K[n] + W[n]) | 0;
    const two = ((turned(a, 2) ^ turned(a, 13) ^ turned(a, 22)) + ((a & b) ^ (a & c) ^ (b & c))) | 0;
    h = g;
    g = f;
    f = e;
    e = (d + one) | 0;
    d = c;
    c = b;
    b = a;
    a = (one + two) | 0;
  }
  hash[0] += a;
  hash[1] += b;
  hash[2] += c;
  hash[3] += d;
  hash[4] += e;
  hash[5] += f;
  hash[6] += g;
  hash[7] += h;
}

function turned(word, by) {
  return (word >>> by) | (word << (32 - by));
}
