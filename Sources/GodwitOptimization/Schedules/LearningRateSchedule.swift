#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// The learning rate of each step: a linear warm-up to a peak, then a decay to a floor.
///
/// The cosine is that of Loshchilov and Hutter 2017, "SGDR", equation 5, without restarts.
public struct LearningRateSchedule: Sendable, Hashable, Codable {
  /// How the rate falls after the warm-up.
  public enum Decay: String, Sendable, Hashable, Codable, CaseIterable {
    /// It stays at the peak.
    case constant
    /// Along a line.
    case linear
    /// Along half a wave of a cosine.
    case cosine
  }

  /// How the rate falls after the warm-up.
  public var decay: Decay
  /// The greatest rate.
  public var peak: Double
  /// The rate at the end of the decay and after it.
  public var floor: Double
  /// The number of steps with a rising rate.
  public var warmupSteps: Int
  /// The step at which the decay has reached the floor.
  public var totalSteps: Int

  /// Any values make a schedule: there is no warm-up if `warmupSteps` is not positive, and the floor follows it at once if
  /// `totalSteps` is not beyond it.
  public init(_ decay: Decay, peak: Double, floor: Double = 0, warmupSteps: Int = 0, totalSteps: Int) {
    self.decay = decay
    self.peak = peak
    self.floor = floor
    self.warmupSteps = warmupSteps
    self.totalSteps = totalSteps
  }

  /// The rate of a step, counted from 0: peak · (step + 1) / warmupSteps in the warm-up, so that no step is without effect.
  public func rate(at step: Int) -> Double { rate(at: Double(step)) }

  /// The rate at a place between steps, as in a run whose schedule is stretched.
  public func rate(at step: Double) -> Double {
    // In Double, as the numbers of steps may come from a file and be of any size.
    let (warmup, total) = (Double(warmupSteps), Double(totalSteps))
    if step < warmup { return peak * max(step + 1, 0) / warmup }
    let progress = total > warmup ? min((step - warmup) / (total - warmup), 1) : 1
    switch decay {
    case .constant: return peak
    case .linear: return peak + (floor - peak) * progress
    case .cosine: return floor + (peak - floor) * (1 + cos(.pi * progress)) / 2
    }
  }
}
