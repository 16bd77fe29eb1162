import Foundation

extension RunFolder {
  /// Replaces a file as a whole: whatever happens, the old contents or the new ones are there.
  static func replace(_ path: String, with bytes: some Collection<UInt8>) throws(RunError) {
    do throws(FileError) { try AtomicFile.write(bytes, to: path) } catch { throw .file(error) }
  }

  /// Makes the folder and those that it lies in.
  func create() throws(RunError) {
    for end in path.utf8.indices.dropFirst() + [path.endIndex]
    where end == path.endIndex || path.utf8[end] == UInt8(ascii: "/") {
      let part = String(path[..<end])
      if mkdir(part, 0o777) == 0 { continue }
      let code = errno
      if FileIdentity(of: part)?.kind != .folder { throw .file(FileError(.makeFolder, part, code: code)) }
    }
  }

  /// Stops a new run where its files would replace others; what a beginning left that was killed is nothing to keep.
  func requireFree() throws(RunError) {
    if FileIdentity(of: configuration) != nil { throw .exists(path: path) }
    // The first file of a run, empty until `config.json` is there.
    if let first = FileIdentity(of: metrics), first.kind == .file, first.byteCount == 0 { return }
    for file in [metrics, text, textCopy, chart, heldOutChart, checkpoint(.last), checkpoint(.best)]
    where FileIdentity(of: file) != nil {
      throw .occupied(path: file)
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
