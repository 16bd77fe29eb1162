/// Why a state cannot be read from a file or written to one.
public enum StateFileError: Error, Sendable, Hashable, CustomStringConvertible {
  /// The file is no safetensors file, or the system refused.
  case file(SafetensorsError)
  /// The file is a sound one, but not that of a state.
  case notAState(path: String, reason: String)
  /// A newer version of this program wrote it.
  case newerFormat(path: String, found: Int, known: Int)
  /// The state is of another model.
  case otherModel(path: String, expected: String, found: String)

  public var description: String {
    switch self {
    case .file(let error): "\(error)"
    case .notAState(let path, let reason):
      "\(path) is not a saved state: \(reason); give a file that was saved with --save-state or TextSession.write"
    case .newerFormat(let path, let found, let known):
      "\(path) has the format version \(found), and this godwit knows versions up to \(known); update godwit to read it"
    case .otherModel(let path, let expected, let found):
      "\(path) is the state of another model, with the fingerprint \(found); this one has \(expected); give it to the "
        + "checkpoint that it was saved with, or read the text again"
    }
  }
}
