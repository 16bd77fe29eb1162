/// Why a run cannot be read or written.
public enum RunError: Error, Sendable, CustomStringConvertible {
  /// There is nothing at the path.
  case notFound(path: String)
  /// The folder is not that of a run.
  case notARun(path: String, missing: String)
  /// A file does not hold what it should.
  case malformed(path: String, reason: String)
  /// A file was written by a newer version of this program.
  case newerFormat(path: String, found: Int, known: Int)
  /// A checkpoint belongs to another architecture than the run's configuration.
  case architecture(path: String, differences: [FieldDifference])
  /// A checkpoint's contents are not those that were written.
  case altered(path: String)
  /// A checkpoint cannot be read.
  case checkpoint(SafetensorsError)
  /// The system refused to read or write a file.
  case file(FileError)
  /// The folder cannot be made.
  case notCreated(path: String, reason: String)
  /// There is a run in the folder already.
  case exists(path: String)
  /// Another process trains this run.
  case busy(path: String)

  public var description: String {
    switch self {
    case .notFound(let path):
      "there is no run at \(path); give the folder that godwit train named at its end"
    case .notARun(let path, let missing):
      "\(path) is not the folder of a run: \(missing) is missing in it; give the folder that godwit train named at its end"
    case .malformed(let path, let reason):
      "\(path) is damaged: \(reason); restore it, or train again"
    case .newerFormat(let path, let found, let known):
      "\(path) has format version \(found), and this godwit knows versions up to \(known); update godwit to read it"
    case .architecture(let path, let differences):
      "\(path) belongs to another architecture than the run: "
        + differences.map(\.description).joined(separator: "; ") + "; restore the checkpoint or config.json"
    case .altered(let path):
      "\(path) was changed after it was written: its checksum does not agree; restore it, or use the run's other checkpoint"
    case .checkpoint(let error):
      "\(error)"
    case .file(let error):
      "\(error)"
    case .notCreated(let path, let reason):
      "cannot make the folder \(path): \(reason); give another one with --out"
    case .exists(let path):
      "there is a run in \(path) already; continue it with --resume \(path), or give another folder with --out"
    case .busy(let path):
      "another process trains the run in \(path); wait for it, or stop it first"
    }
  }
}
