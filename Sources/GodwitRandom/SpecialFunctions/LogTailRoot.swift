/// Solves T(u) = p for a tail T of a law whose density is log-concave: log T is then concave, so that Newton's
/// method closes in from one side. Each step is Halley's where that is a mild correction, which may step too far: then the
/// bracket is halved.
///
/// `evaluate` gives log(p / T), the density over T and the derivative of the logarithm of the density, at the present u, `move`
/// adds a step to u. With `direction` −1 the tail is an upper one.
func solveLogTail(
  direction: Double, evaluate: () -> (missing: Double, hazard: Double, logSlope: Double),
  move: (Double) -> Void
) {
  var least = Double.infinity
  var (place, low, high) = (0.0, -Double.infinity, Double.infinity)
  for _ in 0..<200 {
    let (missing, hazard, logSlope) = evaluate()
    let newton = missing / hazard
    // Second derivative of log T over the first.
    let bend = direction * logSlope - hazard
    let correction = 1 + 0.5 * newton * bend
    var step = correction > 0.5 && correction < 2 ? newton / correction : newton
    step = direction * max(-40, min(40, step))
    if !step.isFinite || step == 0 { return }
    // Rounding alone moves it now.
    if abs(step) < 1e-11 && abs(step) >= least { return }
    if step > 0 { low = place } else { high = place }
    let next = place + step
    if abs(step) > 1e-6 && !(next > low && next < high) { step = (low + high) / 2 - place }
    move(step)
    place += step
    if abs(step) < 1e-15 { return }
    least = min(least, abs(step))
  }
}
