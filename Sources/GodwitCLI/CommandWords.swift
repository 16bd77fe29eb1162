import ArgumentParser

/// Whether a command's words are only looked at for those that it does not know.
///
/// The parser validates a command before it complains of unknown words, so that what is then missing would hide what is wrong.
enum CommandWords {
  @TaskLocal private static var alone = false

  /// Whether `validate()` should say what is missing.
  static var areKnown: Bool { !alone }

  /// Throws what the parser says where it does not know a word.
  static func validate() throws { try $alone.withValue(true) { _ = try GodwitCommand.parseAsRoot() } }
}
