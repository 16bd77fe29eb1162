import Foundation

/// A new folder that goes with the value.
public final class TemporaryFolder: Sendable {
  /// Where it is.
  public let url: URL

  public init() throws {
    url = FileManager.default.temporaryDirectory.appending(path: "godwit-test-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
  }

  deinit { try? FileManager.default.removeItem(at: url) }

  /// The path of a name in the folder.
  public func path(_ name: String) -> String { url.appending(path: name).path }

  /// Writes a file into the folder, making folders on the way, and returns its path.
  @discardableResult public func write(_ name: String, _ bytes: some Sequence<UInt8>) throws -> String {
    let target = url.appending(path: name)
    try FileManager.default.createDirectory(at: target.deletingLastPathComponent(), withIntermediateDirectories: true)
    try Data(bytes).write(to: target)
    return target.path
  }

  /// Writes a file of text.
  @discardableResult public func write(_ name: String, _ text: String) throws -> String {
    try write(name, text.utf8)
  }

  /// Everything in the folder itself.
  public var names: [String] { ((try? FileManager.default.contentsOfDirectory(atPath: url.path)) ?? []).sorted() }

  /// The contents of a file.
  public func bytes(_ name: String) throws -> [UInt8] { try Array(Data(contentsOf: url.appending(path: name))) }
}
