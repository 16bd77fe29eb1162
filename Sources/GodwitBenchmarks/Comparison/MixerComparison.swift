import GodwitKernels
import GodwitLayers
import GodwitModels
import GodwitRandom
import GodwitTensor

/// The time and memory of several mixers at several lengths, measured in turn so that a machine whose speed changes is fair
/// to all.
public struct MixerComparison: Sendable {
  /// What is compared.
  public let layers: [ComparedLayer]
  /// T, in growing order.
  public let lengths: [Int]
  /// What is measured.
  public let modes: [ComparisonMode]
  /// B.
  public let batch: Int
  /// Seconds of repetitions for each mixer, length and mode.
  public let budget: Double
  private let memoryLimit: Int

  /// A comparison.
  ///
  /// - Precondition: lengths are positive.
  package init(
    layers: [ComparedLayer], lengths: [Int], modes: [ComparisonMode] = ComparisonMode.allCases, batch: Int = 1,
    budget: Double = 0.3, memoryLimit: Int = MachineMemory.byteCount / 4 * 3
  ) {
    self.layers = layers
    self.lengths = lengths.sorted()
    self.modes = modes
    self.batch = batch
    self.budget = budget
    self.memoryLimit = memoryLimit
  }

  /// What happens while measuring.
  public enum Event: Sendable {
    /// So many of all mixers, lengths and modes are done; this comes next.
    case progress(done: Int, of: Int, next: String)
    /// A mixer was measured at a length.
    case measured(ComparisonMeasurement)
    /// A mixer was left out at a length, as it would take about so many bytes.
    case skipped(mixer: String, length: Int, mode: ComparisonMode, byteCount: Int)
  }

  /// The number of mixers, lengths and modes.
  public var count: Int { layers.count * lengths.count * modes.count }

  /// Measures everything, shorter lengths first.
  ///
  /// - Parameters:
  ///   - mayGoOn: asked between repetitions; where it is false, what is known by then has been reported.
  public func run(seed: UInt64 = 0, while mayGoOn: @autoclosure () -> Bool = true, _ report: (Event) -> Void) {
    var done = 0
    var peaks: [String: [(length: Int, peak: Int)]] = [:]
    for length in lengths {
      for mode in modes {
        var generator = Philox(seed: seed, stream: UInt64(length))
        let x = Tensor(normal: 0, shape: [batch, length, layers[0].width], using: &generator)
        var trials: [(layer: ComparedLayer, trial: ComparisonTrial, peak: Int)] = []
        for layer in layers {
          if !mayGoOn() { return }
          report(.progress(done: done, of: count, next: "\(layer.name), \(mode.rawValue), \(length)"))
          let key = "\(layer.name) \(mode.rawValue)"
          let expected = Self.expectedPeak(peaks[key] ?? [], at: length)
          if expected > memoryLimit {
            report(.skipped(mixer: layer.name, length: length, mode: mode, byteCount: expected))
            done += 1
            continue
          }
          let trial = ComparisonTrial(layer, mode, x, using: &generator)
          let peak = trial.peakByteCount()
          peaks[key, default: []].append((length, peak))
          trials.append((layer, trial, peak))
        }
        let seconds = time(trials.map(\.trial), while: mayGoOn)
        for (entry, seconds) in zip(trials, seconds) where !seconds.isEmpty {
          done += 1
          report(
            .measured(
              ComparisonMeasurement(
                mixer: entry.layer.name, length: length, mode: mode, medianSeconds: seconds.median,
                peakByteCount: entry.peak, repetitions: seconds.count)))
        }
      }
    }
    report(.progress(done: done, of: count, next: ""))
  }

  /// Repetitions in turn until each has used up its budget.
  private func time(_ trials: [ComparisonTrial], while mayGoOn: () -> Bool) -> [[Double]] {
    var seconds = [[Double]](repeating: [], count: trials.count)
    var spent = [Double](repeating: 0, count: trials.count)
    var active = Array(trials.indices)
    while !active.isEmpty, mayGoOn() {
      for index in active {
        let start = ContinuousClock.now
        seconds[index].append(trials[index].time())
        spent[index] += (ContinuousClock.now - start) / .seconds(1)
      }
      active.removeAll { index in
        // At least three, but not of what takes very long.
        let enough = seconds[index].count >= 3 || spent[index] > 20 * budget
        return (enough && spent[index] >= budget) || seconds[index].count >= 300
      }
    }
    return seconds
  }

  /// What the measured growth of memory leads one to expect at a length: the square of the length where it is not known.
  static func expectedPeak(_ peaks: [(length: Int, peak: Int)], at length: Int) -> Int {
    guard let last = peaks.last, last.peak > 0 else { return 0 }
    let ratio = Double(length) / Double(last.length)
    let law = PowerLaw(peaks.suffix(2).map { (Double($0.length), Double($0.peak)) })
    return Int(clamping: Int64(min(law?(Double(length)) ?? Double(last.peak) * ratio * ratio, 9e18)))
  }

  /// How the time of each mixer grows, where it was measured at two lengths or more.
  public static func exponents(_ measurements: [ComparisonMeasurement]) -> [(
    ComparisonExponent, standardError: Double?
  )] {
    var keys: [(mixer: String, mode: ComparisonMode)] = []
    for measurement in measurements where !keys.contains(where: { $0 == (measurement.mixer, measurement.mode) }) {
      keys.append((measurement.mixer, measurement.mode))
    }
    return keys.compactMap { key in
      let points = measurements.filter { $0.mixer == key.mixer && $0.mode == key.mode }
      return PowerLaw(points.map { (Double($0.length), $0.medianSeconds) }).map {
        (ComparisonExponent(mixer: key.mixer, mode: key.mode, exponent: $0.exponent), $0.standardError)
      }
    }
  }
}
