/** The bits of 32-bit floats: images consist of 32-bit words. */
const float = new Float32Array(1);
const bits = new Uint32Array(float.buffer);

export function bitsOf(value: number): number {
  float[0] = value;
  return bits[0] as number;
}
export function floatOf(value: number): number {
  bits[0] = value;
  return float[0] as number;
}
