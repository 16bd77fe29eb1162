import GodwitKernels
import RealModule

/// Complex numbers, their real and imaginary parts in an array each.
struct ComplexValues {
  var real: [Double]
  var imaginary: [Double]

  var count: Int { real.count }

  /// Replaces the values zⱼ by Σⱼ zⱼ exp(−2πi jk / n), in place.
  ///
  /// Cooley and Tukey 1965, radix 2, decimation in time. The error is a few roundings of the root of the sum of squares.
  ///
  /// - Precondition: the count n is a power of two.
  /// - Complexity: O(n log n).
  mutating func fourierTransform() {
    let n = count
    require(
      n > 0 && n & (n - 1) == 0 && imaginary.count == n,
      "fourierTransform: \(n) real and \(imaginary.count) imaginary parts, expected the same power of two of both")
    if n == 1 { return }
    permute()
    let roots = (0..<n / 2).map { rootOfUnity($0, of: n) }
    var half = 1
    while half < n {
      let stride = n / (2 * half)
      for start in Swift.stride(from: 0, to: n, by: 2 * half) {
        for offset in 0..<half {
          let (low, high) = (start + offset, start + offset + half)
          let (cosine, sine) = roots[offset * stride]
          let x = real[high] * cosine + imaginary[high] * sine
          let y = imaginary[high] * cosine - real[high] * sine
          (real[high], imaginary[high]) = (real[low] - x, imaginary[low] - y)
          real[low] += x
          imaginary[low] += y
        }
      }
      half *= 2
    }
  }

  /// The values in the order of their indices read backwards in binary.
  private mutating func permute() {
    var reversed = 0
    for index in 1..<count {
      var bit = count >> 1
      while reversed & bit != 0 {
        reversed ^= bit
        bit >>= 1
      }
      reversed |= bit
      if index < reversed {
        real.swapAt(index, reversed)
        imaginary.swapAt(index, reversed)
      }
    }
  }
}

/// The cosine and the sine of 2πk / n, the angle brought to the first eighth of the circle, where its rounding is least.
///
/// - Precondition: 0 ≤ k < n, n a power of two.
func rootOfUnity(_ k: Int, of n: Int) -> (cosine: Double, sine: Double) {
  if 2 * k > n {
    let (cosine, sine) = rootOfUnity(n - k, of: n)
    return (cosine, -sine)
  }
  if 4 * k > n {
    let (cosine, sine) = rootOfUnity(n / 2 - k, of: n)
    return (-cosine, sine)
  }
  if 8 * k > n {
    let angle = 2 * Double.pi * (0.25 - Double(k) / Double(n))
    return (.sin(angle), .cos(angle))
  }
  let angle = 2 * Double.pi * (Double(k) / Double(n))
  return (.cos(angle), .sin(angle))
}

/// The least power of two that is not below `count`.
func powerOfTwo(notBelow count: Int) -> Int {
  var n = 1
  while n < count { n *= 2 }
  return n
}
