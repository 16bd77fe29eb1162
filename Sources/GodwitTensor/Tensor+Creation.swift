import GodwitKernels
import GodwitRandom

extension Tensor {
  /// A scalar.
  public init(_ value: Double, dtype: DType = .float32) {
    self.init(filled: value, shape: [], dtype: dtype)
  }

  /// A vector of the given elements.
  public init(_ values: [Double], dtype: DType = .float32) {
    self.init(values, shape: [values.count], dtype: dtype)
  }

  /// The elements in row-major order, arranged in `shape`.
  ///
  /// - Precondition: as many values as the shape has elements.
  public init(_ values: [Double], shape: Shape, dtype: DType = .float32) {
    require(
      values.count == shape.elementCount, "Tensor: \(values.count) values for \(shape), which has \(shape.elementCount)"
    )
    self.init(shape, dtype) { target in
      values.withUnsafeBytes { source in
        guard let base = source.baseAddress else { return }
        convert(from: .float64, to: dtype, count: values.count, base, target)
      }
    }
  }

  /// The elements in row-major order, arranged in `shape`; float32.
  ///
  /// - Precondition: as many values as the shape has elements.
  public init(_ values: [Float], shape: Shape) {
    require(
      values.count == shape.elementCount, "Tensor: \(values.count) values for \(shape), which has \(shape.elementCount)"
    )
    self.init(shape, .float32) { target in
      values.withUnsafeBytes { source in
        if let base = source.baseAddress { target.copyMemory(from: base, byteCount: source.count) }
      }
    }
  }

  /// A matrix with the given rows.
  ///
  /// - Precondition: all rows have the same length.
  public init(rows: [[Double]], dtype: DType = .float32) {
    let width = rows.first?.count ?? 0
    for row in rows { require(row.count == width, "Tensor: rows of \(width) and \(row.count) elements") }
    self.init(Array(rows.joined()), shape: [rows.count, width], dtype: dtype)
  }

  /// A tensor with every element equal to `value`.
  public init(filled value: Double, shape: Shape, dtype: DType = .float32) {
    self.init(shape, dtype) { fill(dtype, count: shape.elementCount, $0, value) }
  }

  /// A tensor of zeros.
  public init(zeros shape: Shape, dtype: DType = .float32) { self.init(filled: 0, shape: shape, dtype: dtype) }

  /// A tensor of ones.
  public init(ones shape: Shape, dtype: DType = .float32) { self.init(filled: 1, shape: shape, dtype: dtype) }

  /// The vector 0, 1, …, `count` − 1.
  ///
  /// - Precondition: `count` is not negative.
  public init(countingTo count: Int, dtype: DType = .float32) {
    require(count >= 0, "Tensor: counting to \(count), which is negative")
    self.init((0..<count).map(Double.init), dtype: dtype)
  }

  /// The identity matrix [`size`, `size`].
  ///
  /// - Precondition: `size` is not negative.
  public init(identity size: Int, dtype: DType = .float32) {
    require(size >= 0, "Tensor: the identity of size \(size), which is negative")
    var values = [Double](repeating: 0, count: size * size)
    for index in 0..<size { values[index * size + index] = 1 }
    self.init(values, shape: [size, size], dtype: dtype)
  }

  /// Independent samples, uniform on `range` (upper bound excluded).
  ///
  /// - Precondition: the range is finite, and not empty in the element type.
  public init(
    uniform range: Range<Double> = 0..<1, shape: Shape, dtype: DType = .float32,
    using generator: inout some RandomNumberGenerator
  ) {
    if generator is StructureGenerator {
      self.init(shape, dtype) { _ in }
      return
    }
    self.init(shape: shape, dtype: dtype) { target in
      fillUniform(
        target.baseAddress!, count: target.count, in: Float(range.lowerBound)..<Float(range.upperBound),
        using: &generator)
    } doubles: { target in
      fillUniform(target.baseAddress!, count: target.count, in: range, using: &generator)
    }
  }

  /// Independent normal samples.
  ///
  /// - Precondition: the standard deviation is not negative, both parameters are finite.
  public init(
    normal mean: Double = 0, standardDeviation: Double = 1, shape: Shape, dtype: DType = .float32,
    using generator: inout some RandomNumberGenerator
  ) {
    if generator is StructureGenerator {
      self.init(shape, dtype) { _ in }
      return
    }
    self.init(shape: shape, dtype: dtype) { target in
      fillNormal(
        target.baseAddress!, count: target.count, mean: Float(mean), standardDeviation: Float(standardDeviation),
        using: &generator)
    } doubles: { target in
      fillNormal(
        target.baseAddress!, count: target.count, mean: mean, standardDeviation: standardDeviation, using: &generator)
    }
  }

  /// Independent samples of a law, such as `Exponential(rate: 2)`.
  ///
  /// - Precondition: the law's parameters fit the element type.
  public init(
    samplesOf law: some ContinuousDistribution, shape: Shape, dtype: DType = .float32,
    using generator: inout some RandomNumberGenerator
  ) {
    if generator is StructureGenerator {
      self.init(shape, dtype) { _ in }
      return
    }
    self.init(shape: shape, dtype: dtype) { target in
      law.fill(target, using: &generator)
    } doubles: { target in
      law.fill(target, using: &generator)
    }
  }

  /// Elements that are filled in, of the one type or the other.
  private init(
    shape: Shape, dtype: DType, floats: (UnsafeMutableBufferPointer<Float>) -> Void,
    doubles: (UnsafeMutableBufferPointer<Double>) -> Void
  ) {
    let count = shape.elementCount
    let storage = Storage(byteCount: count * dtype.byteCount)
    switch dtype {
    case .float32:
      floats(UnsafeMutableBufferPointer(start: storage.pointer.assumingMemoryBound(to: Float.self), count: count))
    case .float64:
      doubles(UnsafeMutableBufferPointer(start: storage.pointer.assumingMemoryBound(to: Double.self), count: count))
    }
    self.init(storage: storage, shape: shape, dtype: dtype)
  }
}
