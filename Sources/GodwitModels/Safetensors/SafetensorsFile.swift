import GodwitKernels

#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// A safetensors file, open for reading: its header is checked at once and in full, elements are read when asked for.
///
/// No file can make the program stop: whatever its bytes are, there is either a sound file or an error.
public struct SafetensorsFile: Sendable {
  /// What the header tells of a tensor.
  public struct Entry: Sendable, Hashable {
    /// Its name, which no other has.
    public let name: String
    /// The type of its elements.
    public let dtype: SafetensorsDType
    /// Its extents, the slowest first; none for a single number.
    public let shape: [Int]
    /// The bytes of all its elements.
    public let byteCount: Int
    let offset: Int  // from the beginning of the file
  }

  /// The file's path, as it stands in errors.
  public let path: String
  /// The texts that the file carries beside its tensors.
  public let metadata: SafetensorsMetadata
  /// The tensors, in the order of their bytes in the file.
  public let entries: [Entry]
  private let places: [ByteString: Int]
  private let source: any ByteSource

  /// Opens the file and checks its header.
  ///
  /// - Throws: when the file cannot be read or is not sound.
  /// - Complexity: O(length of the header).
  public init(reading path: String) throws(SafetensorsError) {
    let file: ReadableFile
    do throws(FileError) { file = try ReadableFile(path) } catch { throw .file(error) }
    try self.init(source: file, path: path)
  }

  init(source: some ByteSource, path: String) throws(SafetensorsError) {
    let total = source.byteCount
    guard total >= 10 else { throw .tooShort(path: path, found: total) }
    let count = try Self.read(8, at: 0, of: source, path).enumerated().reduce(0 as UInt64) {
      $0 | UInt64($1.element) << (8 * UInt64($1.offset))
    }
    let available = min(total - 8, SafetensorsHeader.greatestLength)
    guard count <= UInt64(available) else { throw .headerLength(path: path, found: count, available: available) }
    let start = 8 + Int(count)
    let json = try Self.read(Int(count), at: 8, of: source, path)
    let header = try SafetensorsHeader(json: json, dataCount: total - start, path: path)
    self.path = path
    self.source = source
    metadata = header.metadata
    entries = header.entries.map { entry in
      Entry(
        name: entry.name, dtype: entry.dtype, shape: entry.shape, byteCount: entry.range.count,
        offset: start + entry.range.lowerBound)
    }
    places = Dictionary(uniqueKeysWithValues: entries.enumerated().map { (ByteString($1.name), $0) })
  }

  /// The names of the tensors, in the order of their bytes in the file.
  public var names: [String] { entries.map(\.name) }

  /// The entry of a name, if there is one.
  public subscript(name: String) -> Entry? { places[ByteString(name)].map { entries[$0] } }

  /// The bytes of a tensor of any type, little-endian, row-major.
  ///
  /// - Throws: when there is no such tensor or its bytes cannot be read.
  public func bytes(_ name: String) throws(SafetensorsError) -> [UInt8] {
    let entry = try entry(name)
    try requireMemory(for: entry, byteCount: entry.byteCount)
    return try Self.read(entry.byteCount, at: entry.offset, of: source, path)
  }

  func entry(_ name: String) throws(SafetensorsError) -> Entry {
    if let entry = self[name] { return entry }
    throw .noTensor(path: path, name: name, nearest: suggestion(for: name, among: names))
  }

  /// A file with holes may claim more than any machine can hold.
  func requireMemory(for entry: Entry, byteCount: Int) throws(SafetensorsError) {
    let available = MachineMemory.byteCount
    guard byteCount > available else { return }
    throw .unsupported(
      path: path, name: entry.name, problem: "needs \(byteCount) bytes; the machine has \(available)")
  }

  /// Stops an array that cannot have its memory, as it would end the process.
  static func requireMemory(_ byteCount: Int, _ path: String) throws(SafetensorsError) {
    if MachineMemory.has(byteCount: byteCount) { return }
    throw .file(FileError(.read, path, code: ENOMEM, byteCount: byteCount))
  }

  func read(into target: UnsafeMutableRawBufferPointer, at offset: Int) throws(SafetensorsError) {
    try Self.read(into: target, at: offset, of: source, path)
  }

  private static func read(
    into target: UnsafeMutableRawBufferPointer, at offset: Int, of source: some ByteSource, _ path: String
  ) throws(SafetensorsError) {
    let got: Int
    do throws(FileError) { got = try source.read(into: target, at: offset) } catch { throw .file(error) }
    guard got == target.count else {
      throw .shortened(path: path, expected: source.byteCount, found: offset + got)
    }
  }

  private static func read(
    _ count: Int, at offset: Int, of source: some ByteSource, _ path: String
  ) throws(SafetensorsError) -> [UInt8] {
    try requireMemory(count, path)
    var failure: SafetensorsError?
    let bytes = [UInt8](unsafeUninitializedCapacity: count) { buffer, initialized in
      do throws(SafetensorsError) {
        try read(
          into: UnsafeMutableRawBufferPointer(rebasing: UnsafeMutableRawBufferPointer(buffer)[..<count]), at: offset,
          of: source, path)
        initialized = count
      } catch { failure = error }
    }
    if let failure { throw failure }
    return bytes
  }
}
