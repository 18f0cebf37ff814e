/** What a callback was made by. */
export const CALLBACK_KINDS = ["callback", "finalize", "value map"] as const;
export type CallbackKind = (typeof CALLBACK_KINDS)[number];

/** A function that the program gave the heap: what is known of it when it is no longer there. */
export interface CallbackLabel {
  readonly kind: CallbackKind;
  /** Name of the function. */
  readonly name: string;
}
