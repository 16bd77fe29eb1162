/// The version of this package, by semantic versioning.
public enum GodwitVersion {
  /// The version of this build.
  public static let current = "0.1.0"
}
