import GodwitKernels

#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

extension Tensor: CustomStringConvertible {
  /// Shape, element type and a readable excerpt: of more than eight elements along an axis, the first and last three.
  public var description: String {
    let values = scalars
    var text = "Tensor \(shape) \(dtype)"
    if rank == 0 { return text + " " + Self.format(values[0]) }
    text += rank > 1 ? "\n" : " "
    var position = 0
    Self.append(&text, values, shape, axis: 0, at: &position)
    return text
  }

  private static func append(
    _ text: inout String, _ values: [Double], _ shape: Shape, axis: Int, at position: inout Int
  ) {
    let extent = shape[axis]
    var inner = 1
    for other in (axis + 1)..<Swift.max(shape.rank, axis + 1) { inner *= shape[other] }
    let last = axis == shape.rank - 1
    text += "["
    for index in 0..<extent {
      if extent > 8, index == 3 { text += last ? ", …" : ",\n" + String(repeating: " ", count: axis + 1) + "…" }
      if extent > 8, index >= 3, index < extent - 3 {
        position += inner
        continue
      }
      if index > 0 { text += last ? ", " : ",\n" + String(repeating: " ", count: axis + 1) }
      if last {
        text += format(values[position])
        position += 1
      } else {
        append(&text, values, shape, axis: axis + 1, at: &position)
      }
    }
    text += "]"
  }

  /// Six significant digits, as short as they can be.
  private static func format(_ value: Double) -> String {
    guard value.isFinite, value != 0 else { return value == 0 ? "0" : "\(value)" }
    // The longest is a sign, a digit, a point, five digits, and an exponent such as e-324.
    return withUnsafeTemporaryAllocation(of: CChar.self, capacity: 16) { text in
      _ = withVaList([value]) { vsnprintf(text.baseAddress!, text.count, "%.6g", $0) }
      return String(cString: text.baseAddress!)
    }
  }
}
