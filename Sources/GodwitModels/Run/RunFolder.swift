import Foundation

/// The names of the files of a run.
public struct RunFolder: Sendable, Hashable {
  /// The path of the folder.
  public let path: String

  /// The files of a run at a path; whether there are any is seen when they are read.
  public init(_ path: String) {
    var path = path
    while path.count > 1, path.hasSuffix("/") { path.removeLast() }
    self.path = path
  }

  /// Architecture, options and text.
  public var configuration: String { file("config.json") }
  /// The files of the text, one object per line.
  public var text: String { file("text.jsonl") }
  /// The text itself, all files one after the other, where it is kept.
  public var textCopy: String { file(Self.textCopyName) }
  /// The history, one object per line.
  public var metrics: String { file("metrics.jsonl") }
  /// The loss against the steps, as a picture.
  public var chart: String { file("loss.svg") }
  /// The figure on the held-out data against the steps, as a picture, if it is measured in something else than the loss.
  public var heldOutChart: String { file("validation.svg") }

  /// A checkpoint.
  public func checkpoint(_ kind: CheckpointKind) -> String { file(kind.rawValue + ".safetensors") }

  static let textCopyName = "text.copy"

  private func file(_ name: String) -> String { path == "/" ? "/" + name : path + "/" + name }
}

/// Which checkpoint of a run.
public enum CheckpointKind: String, Sendable, Hashable, CaseIterable {
  /// The one with the best validation so far.
  case best
  /// The one that training goes on from.
  case last
}
