/** The functions that create callbacks. */
export const CALLBACK_KINDS = ["callback", "finalize", "value map"] as const;
export type CallbackKind = (typeof CALLBACK_KINDS)[number];

/** Facts about a callback function. They remain when the function does not exist any more. */
export interface CallbackLabel {
  readonly kind: CallbackKind;
  /** Name of the function. */
  readonly name: string;
}
