/// Says that random values do not matter, because others will take their places: a tensor of many samples is then left as its
/// memory was. What draws single numbers gets some.
package struct StructureGenerator: RandomNumberGenerator, Sendable {
  private var numbers = Philox(seed: 0)
  package init() {}
  package mutating func next() -> UInt64 { numbers.next() }
}
