/// Why a safetensors file cannot be read or written.
public enum SafetensorsError: Error, Sendable, Hashable, CustomStringConvertible {
  /// The system refused; when writing, an older file of that name is as it was.
  case file(FileError)
  /// The file cannot hold even the length of a header.
  case tooShort(path: String, found: Int)
  /// The header's length exceeds the file or the limit of the format.
  case headerLength(path: String, found: UInt64, available: Int)
  /// The header is not what the format asks for.
  case header(path: String, offset: Int, problem: String)
  /// An entry of the header contradicts itself, another entry or the size of the file.
  case tensor(path: String, name: String, problem: String)
  /// The header does not account for all bytes of the file.
  case trailingBytes(path: String, expected: Int, found: Int)
  /// The file has become shorter since it was opened.
  case shortened(path: String, expected: Int, found: Int)
  /// No tensor has that name.
  case noTensor(path: String, name: String, nearest: String?)
  /// The tensor is sound but nothing that this program computes with.
  case unsupported(path: String, name: String, problem: String)

  public var description: String { problem + "; " + remedy }

  /// What is wrong.
  package var problem: String {
    switch self {
    case .file(let error): error.problem
    case .tooShort(let path, let found):
      "\(path) is not a safetensors file: it has \(found) bytes, at least 10 are needed"
    case .headerLength(let path, let found, let available):
      "\(path) is not a safetensors file: its header claims \(found) bytes, at most \(available) are possible"
    case .header(let path, let offset, let problem):
      "\(path) is not a sound safetensors file: header byte \(offset): \(problem)"
    case .tensor(let path, let name, let problem):
      "\(path) is not a sound safetensors file: tensor \"\(name)\": \(problem)"
    case .trailingBytes(let path, let expected, let found):
      "\(path) is not a sound safetensors file: its tensors end at byte \(expected), the file at \(found)"
    case .shortened(let path, let expected, let found):
      "\(path) became shorter while it was read: \(expected) bytes expected, \(found) found"
    case .noTensor(let path, let name, _): "\(path) has no tensor \"\(name)\""
    case .unsupported(let path, let name, let problem): "\(path): tensor \"\(name)\" \(problem)"
    }
  }

  /// What to do about it.
  package var remedy: String {
    switch self {
    case .file(let error): error.remedy
    case .tooShort, .headerLength: "check the path; if this is the file, copy or download it again"
    case .header, .tensor, .trailingBytes: "copy or download it again"
    case .shortened: "open it again when nothing writes to it"
    case .noTensor(_, let name, let nearest):
      nearest.map { didYouMean("\"\($0)\"", insteadOf: "\"\(name)\"") } ?? "see its names"
    case .unsupported: "read its bytes, or convert it to F32"
    }
  }
}
