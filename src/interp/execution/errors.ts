/** A configuration or snapshot does not fit the code it is to go on in. */
export class ConfigurationError extends Error {
  override readonly name = "ConfigurationError";
}
