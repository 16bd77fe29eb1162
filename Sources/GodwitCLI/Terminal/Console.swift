import GodwitModels

/// Where a command's words go: results to standard output, progress and warnings to standard error.
///
/// With `--json` standard output holds one object per line and nothing else, so `result` is silent then, and `emit` is
/// silent otherwise; a command calls both.
package struct Console: Sendable {
  package let isJSON: Bool
  package let isQuiet: Bool

  package init(isJSON: Bool, isQuiet: Bool) {
    self.isJSON = isJSON
    self.isQuiet = isQuiet
  }

  /// A line of the result, for a person.
  package func result(_ text: String) {
    if !isJSON { StandardStream.output.write(line: text) }
  }

  /// Bytes of the result as they are, for a person or a pipe.
  package func result(bytes: [UInt8]) {
    if !isJSON { StandardStream.output.write(bytes) }
  }

  /// An object of the result, for a program.
  package func emit(_ line: JSONLine) {
    if isJSON { StandardStream.output.write(line: line.text) }
  }

  /// Whether somebody wants to know what is going on: not with `--quiet`, and beside `--json` only at a terminal.
  package var showsNotes: Bool { !isQuiet && (!isJSON || StandardStream.error.isTerminal) }

  /// What is going on.
  package func note(_ text: String) {
    if showsNotes { StandardStream.error.write(line: text) }
  }

  /// What the user should know before trusting the result.
  package func warn(_ text: String) {
    let label = StandardStream.error.showsColour ? "\u{1B}[33mgodwit: warning:\u{1B}[0m" : "godwit: warning:"
    StandardStream.error.write(line: "\(label) \(text)")
  }
}
