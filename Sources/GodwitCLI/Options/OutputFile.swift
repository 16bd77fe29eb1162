import Foundation
import GodwitModels

/// The file that a command writes at its end.
enum OutputFile {
  /// Throws where the file could not be written, before the work whose result it is to hold, and where one of another kind is
  /// there, such as a checkpoint: it would be lost.
  static func check(_ path: String, option: String, kind: WrittenFile) throws {
    try AtomicFile.check(path)
    let isEmpty = try FileHandle(forReadingAtPath: path)?.read(upToCount: 1)?.isEmpty ?? true
    if isEmpty || WrittenFile(at: path) == kind { return }
    let expected =
      switch kind {
      case .weights: "holds no weights that 'godwit export' wrote"
      case .state: "is no state that --save-state wrote"
      case .checkpoint: "is no checkpoint"
      }
    throw CommandFailure(
      "\(option) \(path): the file is there and \(expected), so it is left as it is; give another name")
  }
}
