extension [UInt8] {
  /// `withUnsafeBytes`, which does not keep the type of what `body` throws.
  func withTypedBytes<Value, Failure: Error>(
    _ body: (UnsafeRawBufferPointer) throws(Failure) -> Value
  ) throws(Failure) -> Value {
    let result = withUnsafeBytes { bytes in Result { () throws(Failure) in try body(bytes) } }
    return try result.get()
  }

  /// `withUnsafeMutableBytes`, which does not keep the type of what `body` throws.
  mutating func withTypedMutableBytes<Value, Failure: Error>(
    _ body: (UnsafeMutableRawBufferPointer) throws(Failure) -> Value
  ) throws(Failure) -> Value {
    let result = withUnsafeMutableBytes { bytes in Result { () throws(Failure) in try body(bytes) } }
    return try result.get()
  }
}
