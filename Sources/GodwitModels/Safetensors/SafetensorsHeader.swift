/// What the beginning of a safetensors file says, checked against itself and the length of the file.
///
/// The file is an 8-byte little-endian count N, N bytes of JSON, and the elements of all tensors without a gap:
/// `{"name": {"dtype": "F32", "shape": [2, 3], "data_offsets": [0, 24]}, "__metadata__": {"key": "text"}}`.
struct SafetensorsHeader {
  /// The most bytes of JSON, as in the reference implementation.
  static let greatestLength = 100_000_000
  static let metadataName = "__metadata__"

  struct Entry: Hashable {
    var name: String
    var dtype: SafetensorsDType
    var shape: [Int]
    /// Where the elements are, counted from the end of the header.
    var range: Range<Int>
  }

  var metadata: SafetensorsMetadata = [:]
  /// In the order of their bytes in the file.
  var entries: [Entry] = []

  /// Reads the JSON of a file with `dataCount` bytes behind its header.
  init(json: [UInt8], dataCount: Int, path: String) throws(SafetensorsError) {
    var cursor = JSONCursor(json)
    do {
      try readMembers(&cursor)
    } catch {
      throw .header(path: path, offset: error.offset, problem: error.problem)
    }
    entries.sort { ($0.range.lowerBound, $0.range.upperBound) < ($1.range.lowerBound, $1.range.upperBound) }
    var end = 0
    for entry in entries {
      if let problem = Self.problem(of: entry, after: end) {
        throw .tensor(path: path, name: entry.name, problem: problem)
      }
      end = entry.range.upperBound
      if end > dataCount {
        throw .tensor(path: path, name: entry.name, problem: "its bytes end at \(end) of \(dataCount)")
      }
    }
    if end != dataCount { throw .trailingBytes(path: path, expected: end, found: dataCount) }
  }

  private mutating func readMembers(_ cursor: inout JSONCursor) throws(JSONCursor.Failure) {
    var metadata: SafetensorsMetadata = [:]
    var entries: [Entry] = []
    // The padding stands behind the object; before it the format allows nothing.
    if !cursor.startsObject { throw cursor.failure("expected '{'") }
    try cursor.object { (name, cursor) throws(JSONCursor.Failure) in
      if name.hasSameBytes(as: Self.metadataName) {
        // The reference implementation reads null as no metadata.
        if try cursor.takeNull() { return }
        try cursor.object { (key, cursor) throws(JSONCursor.Failure) in metadata[key] = try cursor.string() }
      } else {
        entries.append(try Self.entry(name, &cursor))
      }
    }
    try cursor.end()
    self.metadata = metadata
    self.entries = entries
  }

  private static func entry(_ name: String, _ cursor: inout JSONCursor) throws(JSONCursor.Failure) -> Entry {
    let start = cursor.offset
    var dtype: SafetensorsDType?
    var shape: [Int]?
    var offsets: [Int]?
    try cursor.object { (key, cursor) throws(JSONCursor.Failure) in
      switch key {
      case "dtype":
        let name = try cursor.string()
        dtype = SafetensorsDType(rawValue: name)
        if dtype == nil { throw cursor.failure("unknown dtype \"\(name)\"") }
      case "shape": shape = try naturals(&cursor)
      case "data_offsets": offsets = try naturals(&cursor)
      default: try cursor.skipValue()
      }
    }
    guard let dtype, let shape, let offsets else {
      throw cursor.failure("a tensor without dtype, shape or data_offsets", at: start)
    }
    guard offsets.count == 2, offsets[0] <= offsets[1] else {
      throw cursor.failure("data_offsets \(offsets.prefix(3)) are not a begin and an end", at: start)
    }
    return Entry(name: name, dtype: dtype, shape: shape, range: offsets[0]..<offsets[1])
  }

  private static func naturals(_ cursor: inout JSONCursor) throws(JSONCursor.Failure) -> [Int] {
    var numbers: [Int] = []
    try cursor.array { (cursor) throws(JSONCursor.Failure) in numbers.append(try cursor.natural()) }
    return numbers
  }

  private static func problem(of entry: Entry, after end: Int) -> String? {
    if entry.range.lowerBound < end { return "its bytes from \(entry.range.lowerBound) overlap those before \(end)" }
    if entry.range.lowerBound > end { return "bytes \(end) to \(entry.range.lowerBound) before it belong to none" }
    guard let bytes = byteCount(entry.shape, entry.dtype) else {
      return "shape \(entry.shape.prefix(16)) of \(entry.dtype.rawValue) is no whole or too great a number of bytes"
    }
    guard bytes == entry.range.count else {
      return "shape \(entry.shape.prefix(16)) of \(entry.dtype.rawValue) needs \(bytes) bytes, "
        + "its offsets give \(entry.range.count)"
    }
    return nil
  }

  /// The bytes of a tensor; `nil` when they are not whole or when the product of its extents, those of 0 aside, exceeds
  /// 64 bits: whoever computes strides multiplies them too.
  private static func byteCount(_ shape: [Int], _ dtype: SafetensorsDType) -> Int? {
    var product = dtype.bitCount
    for extent in shape where extent != 0 {
      let (next, overflows) = product.multipliedReportingOverflow(by: extent)
      if overflows { return nil }
      product = next
    }
    if shape.contains(0) { return 0 }
    return product % 8 == 0 ? product / 8 : nil
  }
}
