/// Why a run cannot be read or written.
public enum RunError: Error, Sendable, CustomStringConvertible {
  /// There is nothing at the path.
  case notFound(path: String)
  /// The folder is not that of a run.
  case notARun(path: String, missing: String, runs: [RunFolder])
  /// A file does not hold what it should.
  case malformed(path: String, reason: String)
  /// A file was written by a newer version of this program.
  case newerFormat(path: String, found: Int, known: Int)
  /// A run is one of another task.
  case otherTask(path: String, found: String, expected: String)
  /// A run has a mixer that nobody registered in this program.
  case unknownMixer(path: String, mixer: String)
  /// A checkpoint belongs to another architecture than the run's configuration.
  case architecture(path: String, differences: [FieldDifference])
  /// A checkpoint's contents are not those that were written.
  case altered(path: String)
  /// A checkpoint cannot be read or written.
  case checkpoint(SafetensorsError)
  /// A checkpoint cannot be used; the run's other one can, if it is named.
  indirect case unusable(RunError, run: String, other: CheckpointKind?)
  /// The system refused to read or write a file.
  case file(FileError)
  /// There is a run in the folder already.
  case exists(path: String)
  /// There is a file in the folder that a new run would replace, and no run wrote it that can be gone on with.
  case occupied(path: String)
  /// Another process trains this run.
  case busy(path: String)

  public var description: String { problem + "; " + remedy }

  private var problem: String {
    switch self {
    case .notFound(let path):
      "there is no run at \(path)"
    case .notARun(let path, let missing, _):
      "\(path) is not the folder of a run: \(missing) is missing in it"
    case .malformed(let path, let reason):
      "\(path) is damaged: \(reason)"
    case .newerFormat(let path, let found, let known):
      "\(path) has format version \(found), and this godwit knows versions up to \(known)"
    case .otherTask(let path, let found, let expected):
      "the run in \(path) is one of \(found), not of \(expected)"
    case .unknownMixer(let path, let mixer):
      "the run in \(path) has the mixer \"\(mixer)\", which this program does not know"
    case .architecture(let path, let differences):
      "\(path) belongs to another architecture than the run: " + differences.map(\.description).joined(separator: "; ")
    case .altered(let path):
      "\(path) was changed after it was written: its checksum does not agree"
    case .checkpoint(let error): error.problem
    case .unusable(let error, _, _): error.problem
    case .file(let error): error.problem
    case .exists(let path):
      "there is a run in \(path) already"
    case .occupied(let path):
      "\(path) is there already, and a new run in its folder would replace it"
    case .busy(let path):
      "another process trains the run in \(path)"
    }
  }

  private var remedy: String {
    switch self {
    case .notARun(_, _, let runs) where !runs.isEmpty:
      "give one of the runs in it: " + runs.prefix(5).map(\.path).joined(separator: ", ")
        + (runs.count > 5 ? ", …" : "")
    case .notFound, .notARun: "give the folder that godwit train named at its end"
    case .malformed: "restore it, or train again"
    case .newerFormat: "update godwit to read it"
    case .otherTask: "give a run of this task, or use the command of the other one"
    case .unknownMixer: "load it in the program that registers this mixer (MixerKind.register), or update godwit"
    case .architecture: "restore the checkpoint or config.json"
    case .altered: "restore it, or train again"
    case .checkpoint(let error): error.remedy
    case .unusable(_, let run, .best):
      "the best checkpoint is whole: generate, evaluate and info use it with --checkpoint best, train with --from \(run)"
    case .unusable(_, _, .last):
      "the last checkpoint is whole: use it with --checkpoint last, or for all commands by removing the best one"
    case .unusable: "no other checkpoint of the run is whole: restore one, or train again"
    case .file(let error): error.remedy
    case .exists(let path): "continue it with --resume \(path), or give another folder with --out"
    case .occupied: "give another folder with --out, or move the file away"
    case .busy: "wait for it, or stop it first"
    }
  }
}
