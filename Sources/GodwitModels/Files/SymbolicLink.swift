#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// Names that stand for other paths.
enum SymbolicLink {
  /// Where a symbolic link leads that leads to nothing; nil for anything else.
  static func target(ofBroken path: String) -> String? {
    if FileIdentity(of: path) != nil { return nil }
    var bytes = [CChar](repeating: 0, count: 4096)
    let count = readlink(path, &bytes, bytes.count)
    return count > 0 ? String(decoding: bytes[..<count].map { UInt8(bitPattern: $0) }, as: UTF8.self) : nil
  }
}
