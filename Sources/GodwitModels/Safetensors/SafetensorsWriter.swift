import GodwitKernels

/// Collects tensors and texts and writes them as a safetensors file.
///
/// Tensors are values: what is added is what they hold at that moment. The same content always gives the same bytes.
/// Tensors of 8-byte elements come first, then those of 4, 2 and 1, each group in the order of adding, so that every
/// element lies at a multiple of its own size.
public struct SafetensorsWriter: Sendable {
  /// The elements of a tensor, wherever they live.
  struct Content: Sendable {
    var name: String
    var dtype: SafetensorsDType
    var shape: [Int]
    var byteCount: Int
    var withBytes: @Sendable (_ body: (UnsafeRawBufferPointer) -> Void) -> Void
  }

  /// Texts that the file carries beside its tensors.
  public var metadata: SafetensorsMetadata
  private(set) var contents: [Content] = []
  private var names: Set = [ByteString(SafetensorsHeader.metadataName)]

  /// A file of no tensors yet.
  public init(metadata: SafetensorsMetadata = [:]) { self.metadata = metadata }

  /// Adds elements of any type as their bytes, little-endian, row-major.
  ///
  /// - Precondition: the name is new; the bytes are as many as the shape needs.
  public mutating func add(_ name: String, _ bytes: [UInt8], dtype: SafetensorsDType, shape: [Int]) {
    let bits = shape.reduce(dtype.bitCount, *)
    require(
      bits == bytes.count * 8,
      "SafetensorsWriter: \(bytes.count) bytes for \"\(name)\", shape \(shape) of \(dtype.rawValue) needs \(bits) bits")
    add(Content(name: name, dtype: dtype, shape: shape, byteCount: bytes.count) { body in bytes.withUnsafeBytes(body) })
  }

  mutating func add(_ content: Content) {
    require(names.insert(ByteString(content.name)).inserted, "SafetensorsWriter: the name \"\(content.name)\" is taken")
    contents.append(content)
  }

  /// Writes the file beside its final name, flushes it to the disk and renames it.
  ///
  /// - Throws: when the system refuses; an older file of that name is then as it was.
  public func write(to path: String) throws(SafetensorsError) {
    let (header, contents) = layout()
    let byteCount = contents.reduce(header.count) { $0 + $1.byteCount }
    do throws(FileError) {
      try AtomicFile.write(to: path, byteCount: byteCount) { output throws(FileError) in
        try output.append(header)
        for content in contents {
          var failure: FileError?
          content.withBytes { bytes in
            do throws(FileError) { try output.append(bytes) } catch { failure = error }
          }
          if let failure { throw failure }
        }
      }
    } catch { throw .file(error) }
  }

  /// The file's bytes.
  package func bytes() -> [UInt8] {
    let (header, contents) = layout()
    return contents.reduce(into: header) { result, content in content.withBytes { result.append(contentsOf: $0) } }
  }

  /// The count and the JSON that begin the file, and the tensors in the order of their bytes.
  private func layout() -> ([UInt8], [Content]) {
    let sorted = [64, 32, 16, 8, 6, 4].flatMap { bits in contents.filter { $0.dtype.bitCount == bits } }
    var members: [String] = []
    if !metadata.isEmpty {
      let texts = metadata.names.map { JSONValue.quoted($0) + ":" + JSONValue.quoted(metadata[$0]!) }
      members.append("\"\(SafetensorsHeader.metadataName)\":{\(texts.joined(separator: ","))}")
    }
    var offset = 0
    for content in sorted {
      let shape = content.shape.map(String.init).joined(separator: ",")
      let end = offset + content.byteCount
      members.append(
        JSONValue.quoted(content.name)
          + ":{\"dtype\":\"\(content.dtype.rawValue)\",\"shape\":[\(shape)],\"data_offsets\":[\(offset),\(end)]}")
      offset = end
    }
    var json = Array("{\(members.joined(separator: ","))}".utf8)
    json += [UInt8](repeating: 0x20, count: -json.count & 7)
    let count = UInt64(json.count)
    return ((0..<8).map { UInt8(truncatingIfNeeded: count >> (8 * $0)) } + json, sorted)
  }
}
