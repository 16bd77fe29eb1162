/// How the rate of weight decay λ enters a step of decoupled decay.
public enum DecayConvention: String, Sendable, Hashable, Codable, CaseIterable {
  /// θ ← θ (1 − α λ) with the current learning rate α: what PyTorch does.
  case pytorch
  /// θ ← θ (1 − η λ) with the schedule's multiplier η, the current learning rate over the base one: Loshchilov and Hutter
  /// 2019, Algorithm 2, line 12. λ is then some thousand times smaller for the same effect.
  case paper
}
