#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// An amount of information in bits.
func bits(nats: Double) -> Double { nats / M_LN2 }
