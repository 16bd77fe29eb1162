/// The version of this package, by semantic versioning.
public enum GodwitVersion {
  public static let current = "0.1.0"
}
