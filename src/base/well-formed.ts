/** Whether a text is valid Unicode: it has no unpaired surrogate, which UTF-8 cannot encode. */
export function isWellFormed(text: string): boolean {
  const native = (text as { isWellFormed?: () => boolean }).isWellFormed;
  return native === undefined ? !/\p{Surrogate}/u.test(text) : native.call(text);
}
