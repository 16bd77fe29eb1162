/// Why a text cannot be used.
public enum CorpusError: Error, Sendable, Hashable, CustomStringConvertible {
  /// Nothing has that path.
  case missing(path: String, nearest: String?)
  /// The path, or a part of it, is a symbolic link to something that does not exist.
  case brokenLink(path: String, target: String)
  /// The path is a device, a pipe or a socket.
  case notAFile(path: String)
  /// The system refused.
  case file(FileError)
  /// A folder holds nothing at all.
  case emptyFolder(path: String)
  /// No file is text.
  case noText(paths: [String], skipped: SkippedFiles)
  /// With this file the text would have more bytes than a part of it can be measured in.
  case tooLong(path: String)
  /// A part of the text is shorter than one window.
  case tooShort(byteCount: Int, needed: Int, context: Int)
  /// The share to hold out is not in 0 ..< 1.
  case heldOutShare(Double)
  /// A file is not what it was when the corpus was made: shortened, grown, rewritten, replaced or removed.
  case changed(path: String, expected: Int, found: Int?)

  public var description: String {
    switch self {
    case .missing(let path, let nearest):
      return "\(path) does not exist; " + (nearest.map { didYouMean($0, insteadOf: path) } ?? "check the path")
    case .brokenLink(let path, let target):
      return "\(path) is a symbolic link to \(target), which does not exist; restore that, or name the text itself"
    case .notAFile(let path): return "\(path) is neither a file nor a folder; name text files or folders"
    case .file(let error): return error.description
    case .emptyFolder(let path): return "the folder \(path) is empty; name text files or a folder that holds some"
    case .noText(let paths, let skipped):
      let places = paths.prefix(3).joined(separator: ", ") + (paths.count > 3 ? ", …" : "")
      return "no text in \(places)" + (skipped.total > 0 ? " (\(skipped))" : "") + "; name files of text"
    case .tooLong(let path):
      return "with \(path) the text has more than \(Quantity.grouped(TextCorpus.maximumByteCount)) bytes; leave it out"
    case .tooShort(let byteCount, let needed, let context):
      return "the text has \(Quantity.counted(byteCount, "byte")), a context of \(Quantity.grouped(context)) needs "
        + "at least \(Quantity.grouped(needed)); "
        + "add text or choose a smaller context"
    case .heldOutShare(let share): return "the held-out share \(share) is not in 0 ..< 1; 0.1 is usual"
    case .changed(let path, let expected, nil):
      return "\(path) is gone (\(Quantity.counted(expected, "byte")) expected); put it back, or start again with what "
        + "there is"
    case .changed(let path, let expected, let found?):
      return "\(path) was changed since the text was opened "
        + "(\(Quantity.counted(expected, "byte")) expected, \(Quantity.grouped(found)) found); "
        + "put it back, or start again with what there is"
    }
  }
}
