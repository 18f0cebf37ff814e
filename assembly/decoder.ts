// Decodes a core that was encoded as a text (src/wasm/core-text.ts). It is a separate small module: it runs once, before
// the engine has optimized any JavaScript, and a loop over every byte of the core would be slow there.
//
// Its memory begins with 3 × 128 numbers of 16 bits, which the host writes. They map characters: a number up to 255 is a
// byte; 256 and 257 begin a pair, and its second character is looked up 128 or 256 numbers further.

/** Decodes the characters from one address to another, in place. Returns the address behind the last byte. */
export function decode(from: usize, end: usize): usize {
  let to = from;
  while (from < end) {
    let byte: u32 = meaning(load<u8>(from++));
    if (byte > 255) byte = meaning((byte - 255) * 128 + <u32>load<u8>(from++));
    store<u8>(to++, <u8>byte);
  }
  return to;
}


@inline
function meaning(at: u32): u32 {
  return load<u16>((<usize>at) << 1);
}
