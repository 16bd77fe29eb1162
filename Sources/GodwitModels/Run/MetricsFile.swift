import Foundation

/// The history of a run that is being trained: lines are only ever added.
struct MetricsFile: Sendable {
  private let file: AppendedFile

  /// The history of a new run, empty.
  init(creating path: String) throws(RunError) {
    do throws(FileError) { file = try AppendedFile(path, emptied: true) } catch { throw .file(error) }
  }

  /// The history of a run that goes on from a checkpoint: what was recorded after the checkpoint is forgotten, as it will
  /// be recorded again, and so are the end and what cannot be read. A history that is gone begins here.
  init(resuming path: String, at step: Int) throws(RunError) {
    var kept = Data()
    let lines = FileManager.default.fileExists(atPath: path) ? try RunFolder.contents(of: path) : Data()
    for line in lines.split(separator: UInt8(ascii: "\n")) {
      guard let recorded = try? JSONDecoder().decode(Line.self, from: line), let at = recorded.step, at <= step else {
        continue
      }
      kept.append(line)
      kept.append(UInt8(ascii: "\n"))
    }
    try RunFolder.replace(path, with: kept)
    do throws(FileError) { file = try AppendedFile(path, emptied: false) } catch { throw .file(error) }
  }

  func append(_ line: JSONLine) throws(FileError) { try file.append(line.text + "\n") }

  func synchronize() throws(FileError) { try file.synchronize() }

  private struct Line: Decodable {
    let step: Int?
  }
}
