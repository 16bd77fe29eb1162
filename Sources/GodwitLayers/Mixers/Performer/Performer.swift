/// Performer: causal attention whose weights estimate those of softmax attention by random features.
///
/// Choromanski et al. 2021, "Rethinking attention with Performers". See `RandomFeatures` for the features and
/// `KernelAttention` for the forms; with F features for each head 4 B T H F K operations beside the projections and 4 B T H F K
/// for the features, a state of 2 B H F (K + 1) scalars. Rotary positions turn queries and keys before the features, so what is
/// estimated is the attention to turned ones.
public typealias Performer = KernelAttention<RandomFeatures>

/// Performer in which every position looks at all others, future ones included.
public typealias BidirectionalPerformer = BidirectionalKernelAttention<RandomFeatures>

extension KernelAttention where Map == RandomFeatures {
  /// Draws other random directions.
  public mutating func redraw(using generator: inout some RandomNumberGenerator) {
    featureMap.redraw(using: &generator)
  }
}
