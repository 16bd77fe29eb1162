import GodwitKernels
import GodwitTensor

extension SafetensorsFile {
  /// The tensor of a name: F32 and F64 as they are, F16 and BF16 as float32, which holds all their values.
  ///
  /// - Throws: when there is no such tensor, its bytes cannot be read, or its type or shape has no tensor here.
  /// - Complexity: one reading of its bytes, straight into the tensor's memory.
  public func tensor(_ name: String) throws(SafetensorsError) -> Tensor {
    let entry = try entry(name)
    _ = try shape(of: entry)
    switch entry.dtype {
    case .float32: return try dense(entry, .float32)
    case .float64: return try dense(entry, .float64)
    case .float16: return try widened(entry, Float.init(halfBits:))
    case .bfloat16: return try widened(entry) { Float(bitPattern: UInt32($0) << 16) }
    default: throw .unsupported(path: path, name: name, problem: "holds \(entry.dtype.rawValue), not real numbers")
    }
  }

  /// The shape of an entry, if a tensor can have it.
  func shape(of entry: Entry) throws(SafetensorsError) -> Shape {
    guard entry.shape.count <= Shape.maximumRank, entry.shape.allSatisfy({ $0 <= Int(Int32.max) }) else {
      throw .unsupported(
        path: path, name: entry.name,
        problem:
          "has shape \(entry.shape.prefix(16)); at most \(Shape.maximumRank) axes, each below 2^31, are supported")
    }
    return Shape(entry.shape)
  }

  private func dense(_ entry: Entry, _ dtype: DType) throws(SafetensorsError) -> Tensor {
    try requireMemory(for: entry, byteCount: entry.byteCount)
    let storage = Storage(byteCount: entry.byteCount)
    try read(into: UnsafeMutableRawBufferPointer(start: storage.pointer, count: entry.byteCount), at: entry.offset)
    return Tensor(storage: storage, shape: Shape(entry.shape), dtype: dtype)
  }

  /// A tensor of 16-bit elements, read in blocks and made float32.
  private func widened(_ entry: Entry, _ float: (UInt16) -> Float) throws(SafetensorsError) -> Tensor {
    try requireMemory(for: entry, byteCount: 2 * entry.byteCount)
    let count = entry.byteCount / 2
    let storage = Storage(byteCount: 4 * count)
    let target = storage.pointer.assumingMemoryBound(to: Float.self)
    var block = [UInt8](repeating: 0, count: min(entry.byteCount, 1 << 16))
    var done = 0
    while done < count {
      let length = min(count - done, block.count / 2)
      try block.withTypedMutableBytes { bytes throws(SafetensorsError) in
        let bytes = UnsafeMutableRawBufferPointer(rebasing: bytes[..<(2 * length)])
        try read(into: bytes, at: entry.offset + 2 * done)
        for index in 0..<length {
          target[done + index] = float(UInt16(littleEndian: bytes.load(fromByteOffset: 2 * index, as: UInt16.self)))
        }
      }
      done += length
    }
    return Tensor(storage: storage, shape: Shape(entry.shape), dtype: .float32)
  }
}

extension Float {
  /// The value of an IEEE 754 half-precision number; `Float16` does not exist on every machine.
  init(halfBits bits: UInt16) {
    let sign = UInt32(bits & 0x8000) << 16
    let exponent = UInt32(bits >> 10) & 0x1F
    let fraction = UInt32(bits & 0x3FF)
    switch exponent {
    case 0:
      let magnitude = Float(fraction) * 0x1p-24
      self.init(bitPattern: magnitude.bitPattern | sign)
    case 31: self.init(bitPattern: sign | 0x7F80_0000 | fraction << 13)
    default: self.init(bitPattern: sign | (exponent + 112) << 23 | fraction << 13)
    }
  }
}
