/// A decimal number as a file has it: digits with a point among them if wanted, a sign before and an exponent behind.
///
/// What else a programming language takes for a number (`0x10`, `nan`, `inf`, `1_000`) is none.
struct DecimalNumber {
  let value: Double
  /// The unit of its last digit: 0.01 for 1.25.
  let step: Double
  /// Whether a comma stands before its decimals, where that was allowed.
  let hasComma: Bool
  /// Whether a point does.
  let hasPoint: Bool
  /// Whether its comma may as well be between thousands: 1,234.
  let isDoubtful: Bool

  /// Nil if the text is no decimal number, or one too great for a `Double`.
  ///
  /// - Parameter allowsComma: whether a comma may stand for the point.
  init?(_ text: ArraySlice<UInt8>, allowsComma: Bool = false) {
    var cursor = ByteCursor(text)
    _ = cursor.take(UInt8(ascii: "-"), UInt8(ascii: "+"))
    let whole = cursor.digits()
    let hasComma = allowsComma && cursor.take(.comma)
    let hasPoint = !hasComma && cursor.take(.point)
    let decimals = hasComma || hasPoint ? cursor.digits() : []
    guard !whole.isEmpty || !decimals.isEmpty else { return nil }
    if hasComma, whole.isEmpty || decimals.isEmpty { return nil }
    var exponent = 0
    if cursor.take(UInt8(ascii: "e"), UInt8(ascii: "E")) {
      let isNegative = cursor.next == UInt8(ascii: "-")
      _ = cursor.take(UInt8(ascii: "-"), UInt8(ascii: "+"))
      let digits = cursor.digits()
      guard !digits.isEmpty, let size = Int(digits.text) else { return nil }
      exponent = isNegative ? -min(size, 10_000) : min(size, 10_000)
    }
    guard cursor.isAtEnd else { return nil }
    let plain = hasComma ? ArraySlice(text.map { $0 == .comma ? .point : $0 }) : text
    // Strings of up to 15 bytes need no memory of their own.
    guard let value = Double(plain.text), value.isFinite else { return nil }
    self.value = value
    step = DecimalNumber.power(of: exponent - decimals.count)
    self.hasComma = hasComma
    self.hasPoint = hasPoint
    isDoubtful = hasComma && decimals.count == 3 && whole.count <= 3 && whole.first != .zero && exponent == 0
  }

  private static let powers: [Double] = (-30...30).map { Double("1e\($0)") ?? 1 }

  private static func power(of exponent: Int) -> Double {
    (-30...30).contains(exponent) ? powers[exponent + 30] : exponent < 0 ? 0 : .infinity
  }
}
