import Foundation

extension RunFolder {
  /// The contents of a file.
  static func contents(of path: String) throws(RunError) -> Data {
    do throws(FileError) {
      let file = try ReadableFile(path)
      var bytes = [UInt8](repeating: 0, count: file.identity.byteCount)
      var failure: FileError?
      let count = bytes.withUnsafeMutableBytes { buffer in
        do throws(FileError) { return try file.read(into: buffer, at: 0) } catch { failure = error }
        return 0
      }
      if let failure { throw failure }
      return Data(bytes.prefix(count))
    } catch { throw .file(error) }
  }

  /// Replaces a file as a whole: whatever happens, the old contents or the new ones are there.
  static func replace(_ path: String, with bytes: some Collection<UInt8>) throws(RunError) {
    do throws(FileError) { try AtomicFile.write(bytes, to: path) } catch { throw .file(error) }
  }

  /// Makes the folder and those that it lies in.
  func create() throws(RunError) {
    for end in path.indices.dropFirst() + [path.endIndex] where end == path.endIndex || path[end] == "/" {
      let part = String(path[..<end])
      if mkdir(part, 0o777) == 0 { continue }
      let code = errno
      if FileIdentity(of: part)?.kind != .folder { throw .file(FileError(.makeFolder, part, code: code)) }
    }
  }

  /// A value as JSON, its keys in alphabetical order.
  static func json<Value: Encodable>(_ value: Value, pretty: Bool = false) -> String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    if pretty { encoder.outputFormatting.insert(.prettyPrinted) }
    // Only a number that is not finite cannot be encoded, and the options and the progress of a run have none.
    guard let data = try? encoder.encode(value) else { return "{}" }
    return String(decoding: data, as: UTF8.self)
  }
}
