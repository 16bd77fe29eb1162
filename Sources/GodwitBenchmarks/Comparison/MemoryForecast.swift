import GodwitKernels
import GodwitRandom
import GodwitTensor

/// What a mixer is expected to take at a length, from what it took at shorter ones.
struct MemoryForecast {
  private var peaks: [(length: Int, peak: Double)] = []

  /// Without any measurement.
  init() {}

  /// From one sequence of one or two short lengths, for which every machine has the memory.
  init(
    probing layer: ComparedLayer, _ mode: ComparisonMode, batch: Int, upTo length: Int, using generator: inout Philox
  ) {
    let longest = min(length, 1024)
    for probe in Set([max(longest / 2, 1), longest]).sorted() {
      let x = Tensor(normal: 0, shape: [1, probe, layer.width], using: &generator)
      guard let trial = ComparisonTrial(layer, mode, x, using: &generator) else { continue }
      peaks.append((probe, Double(trial.peakByteCount()) * Double(batch)))
    }
  }

  /// Takes a measurement into account, in place of an earlier one of the same length.
  mutating func add(_ peak: Int, at length: Int) {
    if peaks.last?.length == length { peaks.removeLast() }
    peaks.append((length, Double(peak)))
  }

  /// The bytes to expect: by the growth between the last two lengths, or else by the square of the length.
  func byteCount(at length: Int) -> Int {
    guard let last = peaks.last, last.peak > 0 else { return 0 }
    let ratio = Double(length) / Double(last.length)
    let law = PowerLaw(peaks.suffix(2).map { (Double($0.length), $0.peak) })
    return Int(min(law?(Double(length)) ?? last.peak * ratio * ratio, 9e18))
  }
}
