/// The marks of an axis and the interval that it covers.
struct AxisTicks: Equatable {
  struct Tick: Equatable {
    var value: Double
    var label: String
  }

  var lower: Double
  var upper: Double
  var labelled: [Tick]
  /// Values between the labelled ones where a logarithmic axis has a faint line.
  var minor: [Double] = []

  /// The marks for values of an axis, all of which it shows.
  ///
  /// - Parameter rounds: whether a linear axis may be made longer, to end at marks.
  init(_ axis: ChartAxis, values: [Double], rounds: Bool, most: Int) {
    var interval: ClosedRange<Double>
    let asked = axis.range.flatMap { axis.shows($0.lowerBound) && axis.shows($0.upperBound) ? $0 : nil }
    if let asked {
      interval = Self.widened(asked, axis.scale)
    } else if let least = values.min(), let greatest = values.max() {
      let start = axis.start.flatMap { axis.shows($0) && $0 <= least ? $0 : nil }
      interval = Self.widened((start ?? least)...greatest, axis.scale)
      if let start { interval = start...interval.upperBound }
    } else {
      interval = axis.scale == .linear ? 0...1 : 1...10
    }
    switch axis.scale {
    case .linear:
      self.init(linear: interval, rounds: rounds && asked == nil, most: most)
    case .logarithmic:
      let powersOfTwo = !values.isEmpty && values.allSatisfy { $0 >= 1 && $0.significand == 1 }
      self.init(logarithmic: interval, powersOfTwo: powersOfTwo, pads: asked == nil, most: most)
    }
  }

  /// Where a value lies: 0 at the lower end, 1 at the upper.
  func place(of value: Double, _ scale: ChartAxis.Scale) -> Double {
    switch scale {
    case .linear: (value - lower) / (upper - lower)
    case .logarithmic: (log10(value) - log10(lower)) / (log10(upper) - log10(lower))
    }
  }

  /// An interval that is long enough to be divided.
  private static func widened(_ range: ClosedRange<Double>, _ scale: ChartAxis.Scale) -> ClosedRange<Double> {
    let (lower, upper) = (range.lowerBound, range.upperBound)
    switch scale {
    case .linear:
      let magnitude = max(lower.magnitude, upper.magnitude)
      guard upper - lower <= max(magnitude * 1e-9, 1e-290) else { return range }
      let margin = magnitude < 1e-280 ? 1 : magnitude * 0.05
      return (lower - margin)...(upper + margin)
    case .logarithmic:
      return upper > lower * 1.05 ? range : (lower / 2)...(upper * 2)
    }
  }

  private init(linear range: ClosedRange<Double>, rounds: Bool, most: Int) {
    let step = DecimalStep(covering: range.upperBound - range.lowerBound, pieces: most)
    var first = (range.lowerBound / step.value - 1e-6).rounded(.up)
    var last = (range.upperBound / step.value + 1e-6).rounded(.down)
    lower = range.lowerBound
    upper = range.upperBound
    if rounds {
      if (first - 1e-3) * step.value > lower { first -= 1 }
      if (last + 1e-3) * step.value < upper { last += 1 }
      lower = first * step.value
      upper = last * step.value
    }
    let digits = (Int(first)...max(Int(first), Int(last))).map { $0 * step.mantissa }
    let labels = tickLabels(digits, exponent: step.exponent)
    labelled = zip(digits, labels).map { digits, label in
      Tick(value: Double(digits / step.mantissa) * step.value, label: label)
    }
  }

  private init(logarithmic range: ClosedRange<Double>, powersOfTwo: Bool, pads: Bool, most: Int) {
    lower = range.lowerBound
    upper = range.upperBound
    if pads {
      let margin = pow(upper / lower, 0.03)
      lower = max(lower / margin, 1e-305)
      upper = min(upper * margin, 1e305)
    }
    let inside = { [lower, upper] (value: Double) in value >= lower && value <= upper }
    if powersOfTwo {
      let exponents = Int(lower.exponent)...Int(upper.exponent)
      let shown = exponents.filter { $0 >= 0 && inside(pow(2, Double($0))) }
      let every = max((shown.count + most - 1) / most, 1)
      labelled = shown.enumerated().filter { $0.offset % every == 0 }.map { _, exponent in
        Tick(value: pow(2, Double(exponent)), label: powerOfTwoLabel(exponent))
      }
      return
    }
    if upper / lower < 3.2 {
      // So little of a decade that the marks of a linear axis suit it better.
      labelled = AxisTicks(linear: lower...upper, rounds: false, most: most).labelled
      return
    }
    let decades = Int(log10(lower).rounded(.down))...Int(log10(upper).rounded(.down))
    let whole = decades.filter { inside(power(of: $0)) }
    if whole.count <= 2 {
      labelled = decades.flatMap { decade in
        [1, 2, 5].filter { inside(Double($0) * power(of: decade)) }.map { digit in
          Tick(value: Double(digit) * power(of: decade), label: tickLabels([digit], exponent: decade)[0])
        }
      }
    } else {
      let every = (whole.count + most - 1) / most
      labelled = whole.filter { $0 % every == 0 }.map { decade in
        Tick(value: power(of: decade), label: decadeLabel(decade, plain: whole[0] >= -4 && whole[whole.count - 1] <= 5))
      }
      if every > 1 {
        minor = whole.map(power(of:))
        return
      }
    }
    if decades.count <= 8 {
      minor = decades.flatMap { decade in (1...9).map { Double($0) * power(of: decade) } }.filter(inside)
    }
  }
}

/// Ten to the power of `exponent`, exact where it can be.
private func power(of exponent: Int) -> Double {
  exponent < 0 ? 1 / pow(10, Double(-exponent)) : pow(10, Double(exponent))
}
