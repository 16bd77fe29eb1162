/// How many entries of folders are not part of a corpus, and why.
public struct SkippedFiles: Sendable, Hashable, Codable, CustomStringConvertible {
  /// Files with a NUL byte or many control bytes at their beginning.
  public var binary = 0
  /// Files of no bytes.
  public var empty = 0
  /// Files and folders whose name begins with a dot.
  public var hidden = 0
  /// Symbolic links to folders, in a circle or to nothing.
  public var links = 0
  /// Files that are there under another path too.
  public var repeated = 0
  /// Folders that hold a training run, whose files change while it goes on.
  public var runs = 0
  /// Devices, pipes and sockets, names that are not UTF-8, and files that were to be left out.
  public var other = 0

  /// Nothing skipped.
  public init() {}

  /// All of them.
  public var total: Int { binary + empty + hidden + links + repeated + runs + other }

  public var description: String {
    let kinds = [
      (binary, "binary"), (empty, "empty"), (hidden, "hidden"), (links, "linked"), (repeated, "repeated"),
      (runs, runs == 1 ? "run" : "runs"), (other, "other"),
    ]
    let parts = kinds.filter { $0.0 > 0 }.map { "\(Quantity.grouped($0.0)) \($0.1)" }
    return parts.isEmpty ? "nothing skipped" : parts.joined(separator: ", ") + " skipped"
  }
}
