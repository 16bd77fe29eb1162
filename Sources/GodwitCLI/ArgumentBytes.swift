import ArgumentParser

/// Refuses arguments that are not UTF-8: the parser would put U+FFFD where it cannot read on, and the command would look for
/// another file, or read another text, than was asked for.
enum ArgumentBytes {
  /// Looks at the arguments as the system gave them.
  static func validate() throws {
    for index in 0..<Int(CommandLine.argc) {
      guard let argument = CommandLine.unsafeArgv[index], String(validatingCString: argument) == nil else { continue }
      throw ValidationError(
        "the argument '\(String(cString: argument))' is not UTF-8; give the file a name that is, or the text in a file "
          + "(--prompt-file)")
    }
  }
}
