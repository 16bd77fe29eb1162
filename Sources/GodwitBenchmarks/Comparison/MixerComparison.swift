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
    var forecasts: [String: MemoryForecast] = [:]
    for length in lengths {
      for mode in modes {
        var generator = Philox(seed: seed, stream: UInt64(length))
        let inputByteCount = 4 * batch * length * layers[0].width
        var input: Tensor?  // not before it is known to fit
        var trials: [(layer: ComparedLayer, trial: ComparisonTrial, peak: Int)] = []
        for layer in layers {
          if !mayGoOn() { return }
          report(.progress(done: done, of: count, next: "\(layer.name), \(mode.rawValue), \(length)"))
          let key = "\(layer.name) \(mode.rawValue)"
          var forecast =
            forecasts[key]
            ?? MemoryForecast(probing: layer, mode, batch: batch, upTo: length, using: &generator)
          let expected = Self.total(of: forecast, mode, at: length, inputByteCount: inputByteCount)
          let taken = MemoryCache.usedByteCount - (input == nil ? 0 : inputByteCount)
          if expected > memoryLimit - taken {
            forecasts[key] = forecast
            report(.skipped(mixer: layer.name, length: length, mode: mode, byteCount: expected))
            done += 1
            continue
          }
          // What is kept for reuse may be of sizes that do not serve.
          if expected + MemoryCache.keptByteCount > memoryLimit - taken { MemoryCache.trim() }
          let x = input ?? Tensor(normal: 0, shape: [batch, length, layer.width], using: &generator)
          input = x
          guard let trial = ComparisonTrial(layer, mode, x, while: mayGoOn, using: &generator) else { return }
          let peak = trial.peakByteCount()
          forecast.add(peak, at: length)
          forecasts[key] = forecast
          trials.append((layer, trial, peak))
        }
        let seconds = time(trials.map(\.trial), while: mayGoOn) { finished in
          report(
            .progress(done: done + finished, of: count, next: "\(mode.rawValue), \(length), all mixers in turn"))
        }
        for (entry, seconds) in zip(trials, seconds) where !seconds.isEmpty {
          done += 1
          report(
            .measured(
              ComparisonMeasurement(
                mixer: entry.layer.name, length: length, mode: mode, medianSeconds: seconds.median,
                peakByteCount: entry.peak, stateByteCount: entry.trial.stateByteCount, repetitions: seconds.count)))
        }
      }
    }
    report(.progress(done: done, of: count, next: ""))
  }

  /// What is taken in all: the input, for training its companion the gradient of the output, and the work; decoding keeps
  /// the past and works on a copy of it.
  private static func total(
    of forecast: MemoryForecast, _ mode: ComparisonMode, at length: Int, inputByteCount: Int
  ) -> Int {
    let (inputs, works) = (mode == .training ? 2 : 1, mode == .decode ? 2 : 1)
    let work = forecast.byteCount(at: length).multipliedReportingOverflow(by: works)
    let total = (inputs * inputByteCount).addingReportingOverflow(work.partialValue)
    return work.overflow || total.overflow ? .max : total.partialValue
  }

  /// Repetitions in turn until each has used up its budget; `report` hears how many have.
  private func time(
    _ trials: [ComparisonTrial], while mayGoOn: () -> Bool, _ report: (_ finished: Int) -> Void
  ) -> [[Double]] {
    var seconds = [[Double]](repeating: [], count: trials.count)
    var spent = [Double](repeating: 0, count: trials.count)
    var active = Array(trials.indices)
    while !active.isEmpty, mayGoOn() {
      report(trials.count - active.count)
      for index in active where mayGoOn() {
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
